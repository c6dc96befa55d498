/** The connection of a subscriber, which its frames are written to. */
export interface Transport {
  /** What goes before each data set; undefined for a client that did not ask for hello. */
  helloFrame(): Buffer | undefined;
  /** Whether it asked for the feed's state too [B7]. */
  readonly wantsState: boolean;
  /** Ends the connection: its socket has been full for too long. */
  evict(): void;
  /** Takes whole frames, at once. Returns false when no more should come until `Hub.drained` is called. */
  write(frames: Buffer): boolean;
}

/** One subscriber of a hub: how far it has come. Made by `Hub.subscribe`. */
export class Subscriber {
  /** Performance time since which its socket is full; undefined while there is room. */
  fullSince: number | undefined;
  /** Whether the state was broadcast while it lagged. */
  missedState = false;
  /** Whether the hello of this data set was sent. */
  saidHello = false;
  /** Whether it has been caught up once; before that, what it skips is history. */
  joined = false;

  constructor(
    readonly transport: Transport,
    /** The newest revision that was written to it. */
    public revision: number,
  ) {}

  startOver(): void {
    this.saidHello = false;
    this.joined = false;
    this.revision = 0;
  }
}
