import {
  BOARD_PROTOCOL,
  type ClientId,
  encodePoints,
  entryNumbers,
  type JoinRequest,
  ORIGIN,
  type Point,
  type StrokeStyle,
} from "@crosspod/protocol";
import { sendRate } from "../../../../packages/client/src/timing/send-pace.ts";
import { handOf, onBoard } from "../recording.ts";
import type { Crowd, Drawer } from "./drawer.ts";
import { numberAt, PacketSocket } from "./packet-socket.ts";
import { PenWalk } from "./pen-walk.ts";

const BOARD = "default";

const MAX_MESSAGES_UNDER_WAY = 4;
/** As the page's client does. */
const CURSOR_INTERVAL_MS = 50;

/** One of so many looks at when what it gets was sent. */
const WATCHERS = 20;

const CLIENT_ID_LENGTH = 8;
const OPERATIONS = Buffer.from('42["o",');
const REFUSED = Buffer.from('42["refused",');

/** What a message of operations holds. */
interface BoardMessage {
  readonly size: number;
  /** When each of its operations was sent. */
  readonly sentAt: readonly number[];
  /** For each client that has operations in it the number of its last. */
  readonly clientSeqs: ReadonlyMap<ClientId, number>;
  /** Sequence number up to which the store is safe. */
  readonly safe: number;
}

/** People who draw on one board of the whiteboard. */
export class BoardCrowd implements Crowd {
  readonly #ports: readonly number[];
  readonly #size: number;
  readonly #showPointers: boolean;
  readonly #sentAt = new Map<ClientId, number[]>();
  /** Messages of operations by pod and first sequence number: all clients of a pod get the same ones. */
  readonly #messages = new Map<string, BoardMessage>();
  #joined = 0;
  #delivered: (sentAt: number, cameAt: number) => void = () => {};

  /** @param ports of the pods, over which the people are spread. */
  constructor(ports: readonly number[], options: { readonly size: number; readonly showPointers: boolean }) {
    this.#ports = ports;
    this.#size = options.size;
    this.#showPointers = options.showPointers;
  }

  async join(): Promise<Drawer> {
    const index = this.#joined++;
    const client = `p${`${index}`.padStart(CLIENT_ID_LENGTH - 1, "0")}`;
    const sentAt: number[] = [];
    this.#sentAt.set(client, sentAt);
    const isWatcher = index % Math.ceil(this.#size / WATCHERS) === 0;
    const port = this.#ports[index % this.#ports.length] ?? 0;
    const drawer = new BoardDrawer(index, client, {
      showPointer: this.#showPointers,
      sendIntervalMs: sendRate(this.#size).intervalMs,
      sent: (clientSeq, now) => {
        sentAt[clientSeq] = now;
      },
      came: (seq, packet) => this.#came(`${port}:${seq}`, packet, isWatcher),
    });
    await drawer.join(port);
    return drawer;
  }

  watch(delivered: (sentAt: number, cameAt: number) => void): void {
    this.#delivered = delivered;
  }

  mustHaveSeen(_drawer: Drawer, drawers: readonly Drawer[]): number {
    return drawers.reduce((sum, drawer) => sum + (drawer as BoardDrawer).operations, 0);
  }

  #came(key: string, packet: Buffer, isWatcher: boolean): BoardMessage {
    const message = this.#messages.get(key) ?? this.#read(packet);
    this.#messages.set(key, message);
    if (isWatcher) {
      const now = performance.now();
      for (const sentAt of message.sentAt) this.#delivered(sentAt, now);
    }
    return message;
  }

  #read(packet: Buffer): BoardMessage {
    const [, , text, safe] = JSON.parse(packet.toString("latin1", 2)) as [string, number, string, number];
    const entries = entryNumbers(text);
    return {
      size: entries.length,
      sentAt: entries.map(({ client, clientSeq }) => this.#sentAt.get(client)?.[clientSeq] ?? Number.NaN),
      clientSeqs: new Map(entries.map(({ client, clientSeq }) => [client, clientSeq])),
      safe,
    };
  }
}

interface BoardDrawerOptions {
  readonly showPointer: boolean;
  readonly sendIntervalMs: number;
  readonly sent: (clientSeq: number, now: number) => void;
  readonly came: (seq: number, packet: Buffer) => BoardMessage;
}

/** Speaks the whiteboard's protocol as the page's client does, with as little work as that takes. */
class BoardDrawer implements Drawer {
  samples = 0;
  /** Operations that were sent. */
  operations = 0;
  seen = 0;
  readonly #client: ClientId;
  readonly #options: BoardDrawerOptions;
  readonly #style: StrokeStyle;
  readonly #walk: PenWalk;
  #socket: PacketSocket | undefined;
  #strokes = 0;
  #last: Point = ORIGIN;
  /** Operations that wait for the next message: each but for its points, which may still grow. */
  #drafts: { readonly head: string; points: string }[] = [];
  /** The last number in each message that is not acknowledged. */
  #underWay: number[] = [];
  #nextSendAt = 0;
  #nextCursorAt = 0;
  /** What came back of this drawer's, while the store is not safe up to there. */
  #unsafe: { readonly seq: number; readonly clientSeq: number }[] = [];
  #acknowledged = 0;
  #errors = 0;

  constructor(person: number, client: ClientId, options: BoardDrawerOptions) {
    this.#client = client;
    this.#options = options;
    this.#style = handOf(person).style;
    this.#walk = new PenWalk(person);
  }

  async join(port: number): Promise<void> {
    let joined: () => void = () => {};
    const joining = new Promise<void>((resolve) => {
      joined = resolve;
    });
    const socket = await PacketSocket.open(port, {
      onEvent: (packet) => this.#heard(packet),
      onAcknowledgement: (packet) => {
        if (!packet.includes('"ok"')) this.#errors += 1;
        joined();
      },
    });
    const request: JoinRequest = {
      protocol: BOARD_PROTOCOL,
      board: BOARD,
      name: this.#client,
      clients: [this.#client],
    };
    socket.emitWithAcknowledgement(`"join",${JSON.stringify(request)}`);
    await joining;
    this.#socket = socket;
  }

  get isSaved(): boolean {
    return this.#drafts.length === 0 && this.#acknowledged === this.operations;
  }

  get isRight(): boolean {
    return this.#errors === 0;
  }

  draw(): void {
    const { sample, isDown } = this.#walk.step();
    const point = onBoard(sample);
    if (isDown || this.samples === 0) this.#put(point);
    else this.#append(point);
    this.#last = point;
    this.samples += 1;
  }

  send(now: number): void {
    this.#sendCursor(now);
    if (now < this.#nextSendAt || this.#drafts.length === 0 || this.#underWay.length === MAX_MESSAGES_UNDER_WAY) return;
    const firstClientSeq = this.operations + 1;
    const text = this.#drafts.map(({ head, points }) => head + points).join(";");
    for (const _ of this.#drafts) {
      this.operations += 1;
      this.#options.sent(this.operations, now);
    }
    this.#drafts = [];
    this.#underWay.push(this.operations);
    const { sendIntervalMs } = this.#options;
    this.#nextSendAt = Math.max(this.#nextSendAt, now - sendIntervalMs) + sendIntervalMs;
    this.#socket?.emit(`"o","${this.#client}",${firstClientSeq},"${text}"`);
  }

  close(): void {
    this.#socket?.close();
  }

  #put(point: Point): void {
    this.#strokes += 1;
    const { color, width } = this.#style;
    const head = `p${this.#strokes.toString(36)},${color},${width.toString(36)},,${this.#mark}`;
    this.#drafts.push({ head, points: encodePoints([point], this.#style) });
  }

  #append(point: Point): void {
    const points = encodePoints([point], this.#style, this.#last);
    const draft = this.#drafts.at(-1);
    if (draft) draft.points += points;
    else this.#drafts.push({ head: `a${this.#strokes.toString(36)},${this.#mark}`, points });
  }

  get #mark(): string {
    return this.#style.pressure ? "!" : "";
  }

  #sendCursor(now: number): void {
    if (!this.#options.showPointer || now < this.#nextCursorAt || this.samples === 0) return;
    this.#nextCursorAt = Math.max(this.#nextCursorAt, now - CURSOR_INTERVAL_MS) + CURSOR_INTERVAL_MS;
    this.#socket?.emit(`"c",${this.#last.x},${this.#last.y}`);
  }

  #heard(packet: Buffer): void {
    if (startsWith(packet, REFUSED)) this.#errors += 1;
    if (!startsWith(packet, OPERATIONS)) return;
    const seq = numberAt(packet, OPERATIONS.length);
    if (seq !== this.seen + 1) this.#errors += 1;
    const { size, clientSeqs, safe } = this.#options.came(seq, packet);
    this.seen += size;
    const clientSeq = clientSeqs.get(this.#client);
    if (clientSeq !== undefined) this.#unsafe.push({ seq: this.seen, clientSeq });
    this.#heardSafe(safe);
  }

  #heardSafe(safe: number): void {
    this.#acknowledged = this.#unsafe.findLast(({ seq }) => seq <= safe)?.clientSeq ?? this.#acknowledged;
    this.#unsafe = this.#unsafe.filter(({ seq }) => seq > safe);
    this.#underWay = this.#underWay.filter((lastClientSeq) => lastClientSeq > this.#acknowledged);
  }
}

const startsWith = (packet: Buffer, start: Buffer): boolean =>
  packet.compare(start, 0, start.length, 0, start.length) === 0;
