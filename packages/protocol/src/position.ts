/** How far a log has come. Two histories of one epoch that went different ways differ in their tokens. */
export interface Position {
  /** Names the data set. */
  readonly epoch: string;
  /** Of the newest entry; 0 when there was none. */
  readonly seq: number;
  /** Random, made by the append of the newest entry. */
  readonly token: string;
}
