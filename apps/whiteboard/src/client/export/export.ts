import { elementById } from "@crosspod/page";
import type { ShapeList } from "../render/shape-list.ts";
import type { Notices } from "../ui/notices.ts";
import { pngOf } from "./png.ts";
import { svgOf } from "./svg.ts";

/** After this long even a slow browser has begun to read what it downloads. */
const DOWNLOAD_MS = 60_000;

/** The buttons that save the whole board as a picture, whatever part of it the window shows. */
export function bindExport(board: string, shapes: ShapeList, notices: Notices): void {
  const bind = (ending: string, draw: () => Promise<Blob>): void => {
    const failed = () => notices.show({ text: "The browser could not make the picture.", isError: true });
    elementById(`save-${ending}`, HTMLButtonElement).addEventListener("click", () =>
      draw()
        .then((file) => download(file, `crosspod-${board}-${timestamp(new Date())}.${ending}`))
        .catch(failed),
    );
  };
  bind("png", () => pngOf(shapes));
  bind("svg", async () => new Blob([svgOf(shapes)], { type: "image/svg+xml" }));
}

function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}

/** `2026-11-22-1405`, by the clock of this person; Sweden writes dates so. */
const timestamp = (date: Date): string =>
  date.toLocaleString("sv", { dateStyle: "short", timeStyle: "short" }).replace(" ", "-").replace(":", "");
