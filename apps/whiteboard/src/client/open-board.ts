import { BoardClient, reloadWhenOutdated } from "@crosspod/client";
import { Announcer, elementById, onLeave, onReturn } from "@crosspod/page";
import { bindExport } from "./export/export.ts";
import { KeyboardPointer } from "./input/keyboard-pointer.ts";
import { bindOwnCursor } from "./input/own-cursor.ts";
import { PointerInput } from "./input/pointer-input.ts";
import { bindShortcuts } from "./input/shortcuts.ts";
import { bindSpaceKey } from "./input/space-key.ts";
import { bindWheel } from "./input/wheel-input.ts";
import { openOutboxStorage } from "./outbox-storage.ts";
import { BoardRenderer } from "./render/board-renderer.ts";
import { bindCursors } from "./render/cursor-layer.ts";
import { bindPaper } from "./render/paper.ts";
import { bindStageSize } from "./render/stage-size.ts";
import { Viewport } from "./render/viewport.ts";
import { DrawingSettings } from "./tools/drawing-settings.ts";
import { Toolbox } from "./tools/toolbox.ts";
import { bindBoardMenu } from "./ui/board-menu.ts";
import { boardShortcuts, MOVES } from "./ui/board-shortcuts.ts";
import { bindBoardStatus } from "./ui/board-status.ts";
import { bindEditButtons } from "./ui/edit-buttons.ts";
import { bindHelp } from "./ui/help.ts";
import { Notices } from "./ui/notices.ts";
import { bindPeopleList } from "./ui/people-list.ts";
import { personName } from "./ui/person-name.ts";
import { bindStrokeCount } from "./ui/stroke-count.ts";
import { bindToolbar } from "./ui/toolbar.ts";
import { bindZoomBar } from "./ui/zoom-bar.ts";

/** Puts the page of one board together, and connects it. */
export function openBoard(board: string): void {
  const client = new BoardClient({
    url: location.origin,
    board,
    name: personName(),
    storage: openOutboxStorage(),
  });
  const viewport = new Viewport();
  const settings = new DrawingSettings();
  const notices = new Notices();
  const stage = elementById("stage", HTMLElement);

  bindStageSize(stage, viewport);
  bindPaper(elementById("paper", HTMLElement), viewport);
  const renderer = new BoardRenderer(elementById("layers", HTMLElement), client.view, viewport);
  bindCursors(stage, client, viewport);

  const toolbox = new Toolbox(client, settings, viewport, renderer);
  const pointer = new PointerInput(stage, toolbox, viewport);
  new KeyboardPointer(stage, toolbox, viewport, bindOwnCursor(stage, client, viewport));
  bindWheel(stage, viewport);
  bindSpaceKey(stage, pointer);

  bindToolbar(settings);
  bindZoomBar(viewport);
  bindBoardMenu(board);
  bindPeopleList(client);
  bindBoardStatus(client, new Announcer());
  bindExport(board, renderer.shapes, notices);
  bindStrokeCount(stage, board, client);
  bindEditButtons(client, notices);
  const shortcuts = boardShortcuts(client, settings, viewport);
  bindHelp([...shortcuts, ...MOVES]);
  bindShortcuts(shortcuts);

  client.onRefused(({ detail }) => notices.show({ text: `Not taken: ${detail}`, isError: true }));
  reloadWhenOutdated({ client, reload: () => location.reload() });
  onLeave(() => client.flush());
  onReturn(() => client.reconnectNow());
  client.open();
}
