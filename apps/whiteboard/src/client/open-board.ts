import { BoardClient } from "@crosspod/client";
import { Announcer, elementById, onWake } from "@crosspod/page";
import { BoardMenu } from "./board-menu.ts";
import { BoardRenderer } from "./board-renderer.ts";
import { boardShortcuts, MOVES } from "./board-shortcuts.ts";
import { BoardStatus } from "./board-status.ts";
import { CursorLayer } from "./cursor-layer.ts";
import { DrawingSettings } from "./drawing-settings.ts";
import { EditButtons } from "./edit-buttons.ts";
import { bindEmptyBoard } from "./empty-hint.ts";
import { Export } from "./export.ts";
import { Help } from "./help.ts";
import { KeyboardPointer } from "./keyboard-pointer.ts";
import { flushOnLeave } from "./leave.ts";
import { Notices } from "./notices.ts";
import { openOutboxStorage } from "./outbox-storage.ts";
import { OwnCursor } from "./own-cursor.ts";
import { bindPaper } from "./paper.ts";
import { PeopleList } from "./people-list.ts";
import { storedPersonName } from "./person-name.ts";
import { PointerInput } from "./pointer-input.ts";
import { bindShortcuts } from "./shortcuts.ts";
import { bindSpaceKey } from "./space-key.ts";
import { returnFocus } from "./stage-focus.ts";
import { bindStageLabel } from "./stage-label.ts";
import { bindStageSize } from "./stage-size.ts";
import { Toolbar } from "./toolbar.ts";
import { Toolbox } from "./toolbox.ts";
import { Viewport } from "./viewport.ts";
import { bindWheel } from "./wheel-input.ts";
import { ZoomBar } from "./zoom-bar.ts";

/** Puts the page of one board together, and connects it. */
export function openBoard(board: string): void {
  const client = new BoardClient({
    url: location.origin,
    board,
    name: storedPersonName(),
    storage: openOutboxStorage(),
  });
  const viewport = new Viewport();
  const settings = new DrawingSettings();
  const notices = new Notices();
  const stage = elementById("stage", HTMLElement);

  bindStageSize(stage, viewport);
  bindPaper(elementById("paper", HTMLElement), viewport);
  const renderer = new BoardRenderer(elementById("layers", HTMLElement), client.view, viewport);
  new CursorLayer(stage, client, viewport);

  const toolbox = new Toolbox(client, settings, viewport, renderer);
  const ownCursor = new OwnCursor(stage, client, viewport);
  const pointer = new PointerInput(stage, toolbox, viewport);
  new KeyboardPointer(stage, toolbox, viewport, (place) => ownCursor.moveTo(place));
  bindWheel(stage, viewport);
  bindSpaceKey(pointer);
  returnFocus(stage);

  new Toolbar(settings);
  new ZoomBar(viewport);
  new BoardMenu(board);
  new PeopleList(client);
  new BoardStatus(client, new Announcer(elementById("announcement", HTMLElement)));
  new Export(board, renderer.shapes, notices);
  bindEmptyBoard(client);
  bindStageLabel(stage, board, client);
  const edit = new EditButtons(client, notices);
  const shortcuts = boardShortcuts({ settings, edit, viewport, showHelp: () => help.show() });
  const help = new Help([...shortcuts, ...MOVES]);
  bindShortcuts(shortcuts);

  client.onRefused(({ detail }) => notices.show({ text: `Not taken: ${detail}`, isError: true }));
  flushOnLeave(client);
  onWake(() => client.wake());
  client.open();
}
