import type { ReleasedPoint, ReleasedStyle } from "../../../helpers/board/last-release.ts";
import { lastRelease } from "../last-release.ts";
import { handOf, onBoard } from "../recording.ts";
import type { Crowd, Drawer } from "./drawer.ts";
import { numberAt, PacketSocket } from "./packet-socket.ts";
import { PenWalk } from "./pen-walk.ts";

const BOARD = "default";

/** As the page's client does: two samples to a message, and the next one before the last is acknowledged. */
const SEND_INTERVAL_MS = 33;
const MAX_MESSAGES_UNDER_WAY = 4;

/** One of so many looks at when what it gets was sent. */
const WATCHERS = 20;

const CLIENT_ID_LENGTH = 8;
const OPERATIONS = Buffer.from('42["o",');
const ACKNOWLEDGED = Buffer.from('{"ok":{"n":');

/** People who draw on one board of the last release. They show no pointers. */
export class LastReleaseCrowd implements Crowd {
  readonly #port: number;
  readonly #size: number;
  readonly #sentAt = new Map<string, number[]>();
  /** What each message of operations holds, by its first sequence number: all get the same ones. */
  readonly #messages = new Map<number, { readonly size: number; readonly sentAt: readonly number[] }>();
  #joined = 0;
  #delivered: (sentAt: number, cameAt: number) => void = () => {};

  constructor(port: number, options: { readonly size: number }) {
    this.#port = port;
    this.#size = options.size;
  }

  async join(): Promise<Drawer> {
    const index = this.#joined++;
    const client = `p${`${index}`.padStart(CLIENT_ID_LENGTH - 1, "0")}`;
    const sentAt: number[] = [];
    this.#sentAt.set(client, sentAt);
    const isWatcher = index % Math.ceil(this.#size / WATCHERS) === 0;
    const drawer = new LastReleaseDrawer(index, client, {
      sent: (n, now) => {
        sentAt[n] = now;
      },
      came: (seq, packet) => this.#came(seq, packet, isWatcher),
    });
    await drawer.join(this.#port);
    return drawer;
  }

  watch(delivered: (sentAt: number, cameAt: number) => void): void {
    this.#delivered = delivered;
  }

  mustHaveSeen(_drawer: Drawer, drawers: readonly Drawer[]): number {
    return drawers.reduce((sum, drawer) => sum + (drawer as LastReleaseDrawer).operations, 0);
  }

  /** Returns how many operations the message holds. */
  #came(seq: number, packet: Buffer, isWatcher: boolean): number {
    const message = this.#messages.get(seq) ?? this.#read(packet);
    this.#messages.set(seq, message);
    if (isWatcher) {
      const now = performance.now();
      for (const sentAt of message.sentAt) this.#delivered(sentAt, now);
    }
    return message.size;
  }

  #read(packet: Buffer): { readonly size: number; readonly sentAt: readonly number[] } {
    const [, , text] = JSON.parse(packet.toString("latin1", 2)) as [string, number, string];
    const sentAt = text.split(";").map((operation) => {
      const n = Number.parseInt(operation.slice(CLIENT_ID_LENGTH, operation.indexOf(":")), 36);
      return this.#sentAt.get(operation.slice(0, CLIENT_ID_LENGTH))?.[n] ?? Number.NaN;
    });
    return { size: sentAt.length, sentAt };
  }
}

interface LastReleaseDrawerOptions {
  readonly sent: (n: number, now: number) => void;
  readonly came: (seq: number, packet: Buffer) => number;
}

/** Speaks the protocol as the page's client does, with as little work as that takes. */
class LastReleaseDrawer implements Drawer {
  samples = 0;
  /** Operations that were sent. */
  operations = 0;
  seen = 0;
  readonly #client: string;
  readonly #options: LastReleaseDrawerOptions;
  readonly #style: ReleasedStyle;
  readonly #walk: PenWalk;
  #socket: PacketSocket | undefined;
  #strokes = 0;
  #last: ReleasedPoint = { x: 0, y: 0 };
  /** Operations that wait for the next message: each but for its points, which may still grow. */
  #drafts: { readonly head: string; points: string }[] = [];
  #underWay = 0;
  #nextSendAt = 0;
  #acknowledged = 0;
  #errors = 0;

  constructor(person: number, client: string, options: LastReleaseDrawerOptions) {
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
        if (this.operations > 0) return this.#heardAcknowledgement(packet);
        if (!packet.includes('"ok"')) this.#errors += 1;
        joined();
      },
    });
    const request = { board: BOARD, client: this.#client, name: this.#client };
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
    if (now < this.#nextSendAt || this.#drafts.length === 0 || this.#underWay === MAX_MESSAGES_UNDER_WAY) return;
    const firstN = this.operations + 1;
    const text = this.#drafts.map(({ head, points }) => head + points).join(";");
    for (const _ of this.#drafts) {
      this.operations += 1;
      this.#options.sent(this.operations, now);
    }
    this.#drafts = [];
    this.#underWay += 1;
    this.#nextSendAt = Math.max(this.#nextSendAt, now - SEND_INTERVAL_MS) + SEND_INTERVAL_MS;
    this.#socket?.emitWithAcknowledgement(`"o","${this.#client}",${firstN},"${text}"`);
  }

  close(): void {
    this.#socket?.close();
  }

  #put(point: ReleasedPoint): void {
    this.#strokes += 1;
    const { color, width } = this.#style;
    const head = `p${this.#strokes.toString(36)},${color},${width.toString(36)},,${this.#mark}`;
    this.#drafts.push({ head, points: lastRelease.encodePoints([point], this.#style) });
  }

  #append(point: ReleasedPoint): void {
    const points = lastRelease.encodePoints([point], this.#style, this.#last);
    const draft = this.#drafts.at(-1);
    if (draft) draft.points += points;
    else this.#drafts.push({ head: `a${this.#strokes.toString(36)},${this.#mark}`, points });
  }

  get #mark(): string {
    return this.#style.pressure ? "!" : "";
  }

  #heard(packet: Buffer): void {
    if (packet.compare(OPERATIONS, 0, OPERATIONS.length, 0, OPERATIONS.length) !== 0) return;
    const seq = numberAt(packet, OPERATIONS.length);
    // One pod has one order.
    if (seq !== this.seen + 1) this.#errors += 1;
    this.seen += this.#options.came(seq, packet);
  }

  #heardAcknowledgement(packet: Buffer): void {
    this.#underWay -= 1;
    const at = packet.indexOf(ACKNOWLEDGED);
    if (at < 0) this.#errors += 1;
    else this.#acknowledged = numberAt(packet, at + ACKNOWLEDGED.length);
  }
}
