import { BoardClient, OutdatedReload } from "@crosspod/client";
import { Announcer, elementById, onWake } from "@crosspod/page";
import { BoardMenu } from "./board-menu.ts";
import { BoardPicture } from "./board-picture.ts";
import { boardShortcuts, MOVES } from "./board-shortcuts.ts";
import { BoardStatus } from "./board-status.ts";
import { CursorLayer } from "./cursor-layer.ts";
import { DrawingSettings } from "./drawing-settings.ts";
import { EditButtons } from "./edit-buttons.ts";
import { followEmptyBoard } from "./empty-hint.ts";
import { Export } from "./export.ts";
import { Help } from "./help.ts";
import { KeyboardPointer } from "./keyboard-pointer.ts";
import { flushOnLeave } from "./leave.ts";
import { Notices } from "./notices.ts";
import { openOutboxStorage } from "./outbox-storage.ts";
import { OwnCursor } from "./own-cursor.ts";
import { followPaper } from "./paper.ts";
import { PeopleList } from "./people-list.ts";
import { storedPersonName } from "./person-name.ts";
import { PointerInput } from "./pointer-input.ts";
import { followShortcuts } from "./shortcuts.ts";
import { followSpaceKey } from "./space-key.ts";
import { returnFocus } from "./stage-focus.ts";
import { followStageLabel } from "./stage-label.ts";
import { followStageSize } from "./stage-size.ts";
import { Toolbar } from "./toolbar.ts";
import { Toolbox } from "./toolbox.ts";
import { Viewport } from "./viewport.ts";
import { followWheel } from "./wheel-input.ts";
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

  followStageSize(stage, viewport);
  followPaper(elementById("paper", HTMLElement), viewport);
  const picture = new BoardPicture(elementById("rasters", HTMLElement), client.view, viewport);
  new CursorLayer(stage, client, viewport);

  const toolbox = new Toolbox(client, settings, viewport, picture);
  const ownCursor = new OwnCursor(stage, client, viewport);
  const pointer = new PointerInput(stage, toolbox, viewport);
  new KeyboardPointer(stage, toolbox, viewport, (place) => ownCursor.moveTo(place));
  followWheel(stage, viewport);
  followSpaceKey(pointer);
  returnFocus(stage);

  new Toolbar(settings);
  new ZoomBar(viewport);
  new BoardMenu(board);
  new PeopleList(client);
  new BoardStatus(client, new Announcer(elementById("announcement", HTMLElement)));
  new Export(board, picture.shapes, notices);
  followEmptyBoard(client);
  followStageLabel(stage, board, client);
  const edit = new EditButtons(client, notices);
  const shortcuts = boardShortcuts({ settings, edit, viewport, showHelp: () => help.show() });
  const help = new Help([...shortcuts, ...MOVES]);
  followShortcuts(shortcuts);

  client.onRefused(({ detail }) => notices.show({ text: `Not taken: ${detail}`, isError: true }));
  new OutdatedReload({ client, reload: () => location.reload() });
  flushOnLeave(client);
  onWake(() => client.reconnectNow());
  client.open();
}
