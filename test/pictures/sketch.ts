/** Of the board on which the lines are, in units of their own. */
export const BOARD_WIDTH = 1_600;
export const BOARD_HEIGHT = 900;

/** The pens of the whiteboard's toolbar, by the keys that take them. */
export const INK_KEYS = { black: "1", red: "2", green: "3", blue: "4" } as const;

/** A line of the pen: an SVG path, put at a place of the board. */
export interface PenLine {
  readonly ink: keyof typeof INK_KEYS;
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Lines of one letter, 100 high without its ascender, and how wide it is. */
interface Letter {
  readonly paths: readonly string[];
  readonly width: number;
}

const BOWL = "C45 -15 0 0 0 50 C0 112 58 110 67 62";

const LETTERS: Readonly<Record<string, Letter>> = {
  a: { paths: [`M68 14 ${BOWL} V0 V82 C68 98 76 102 84 96`], width: 80 },
  b: { paths: ["M0 -60 V100 V50 C10 -15 75 -10 72 52 C70 112 12 112 0 68"], width: 72 },
  c: { paths: ["M64 16 C40 -15 0 0 0 50 C0 106 46 110 66 82"], width: 66 },
  d: { paths: [`M67 20 ${BOWL} V-60 V100`], width: 68 },
  e: { paths: ["M3 52 H66 C66 -18 0 -15 0 50 C0 112 52 112 67 82"], width: 67 },
  g: { paths: ["M68 15 C45 -15 0 0 0 48 C0 105 60 105 68 60 V5 V118 C68 165 14 164 2 138"], width: 68 },
  h: { paths: ["M0 -60 V100 V48 C5 8 60 -15 64 42 V100"], width: 64 },
  i: { paths: ["M0 4 V100", "M0 -36 V-30"], width: 2 },
  l: { paths: ["M0 -60 V80 C0 98 10 102 20 96"], width: 16 },
  n: { paths: ["M0 2 V100 V48 C5 8 60 -15 64 42 V100"], width: 64 },
  o: { paths: ["M38 0 C-12 0 -12 100 38 100 C88 100 88 0 38 0"], width: 76 },
  s: { paths: ["M58 14 C40 -12 0 -6 3 24 C7 56 60 44 60 74 C60 110 10 108 -2 86"], width: 58 },
  t: { paths: ["M22 -46 V74 C22 104 46 104 58 92", "M-4 2 H54"], width: 56 },
  R: { paths: ["M0 100 V-52 C70 -62 76 26 2 24 L66 100"], width: 68 },
};

const SPACING = 32;

/** A word as a hand prints it, from the left end of its base line on. */
function word(text: string, ink: PenLine["ink"], x: number, baseLine: number, scale: number): PenLine[] {
  let left = x;
  return [...text].flatMap((character) => {
    const letter = LETTERS[character];
    if (!letter) throw new Error(`nobody has drawn the letter ${character} yet`);
    const lines = letter.paths.map((path) => ({ ink, path, x: left, y: baseLine - 100 * scale, scale }));
    left += (letter.width + SPACING) * scale;
    return lines;
  });
}

const line = (ink: PenLine["ink"], path: string): PenLine => ({ ink, path, x: 0, y: 0, scale: 1 });

/** Of Redis: from its left edge around, and down and up again. */
const LID = "M590 520 C590 450 1010 450 1010 520 C1010 592 590 592 590 520";
const BARREL = "C588 600 592 680 590 754 C600 830 1000 830 1010 754 C1012 680 1008 600 1010 520";

const BOX = "M4 2 C90 -4 200 4 296 0 C302 60 296 120 300 186 C200 192 100 184 0 188 C4 120 -2 60 3 -2";

/** A box of a pod with its letter. */
const box = (letter: string, x: number): PenLine[] => [
  { ...line("blue", BOX), x, y: 84 },
  ...word(letter, "blue", x + 116, 226, 0.9),
];

const arrow = (shaft: string, head: string): PenLine[] => [line("black", shaft), line("black", head)];

/** What is on the board before anybody is killed: pods over Redis. */
export const DIAGRAM: readonly PenLine[] = [
  ...box("a", 120),
  ...box("b", 650),
  ...box("c", 1_180),
  line("red", `${LID} ${BARREL}`),
  ...word("Redis", "red", 668, 736, 0.72),
  ...arrow("M300 300 C330 400 420 480 548 540", "M490 548 L552 542 L524 484"),
  ...arrow("M800 300 C804 340 798 380 800 432", "M762 394 L800 438 L840 392"),
];

/** The last arrow, by which a reader sees the pen before anything happens. */
export const LAST_ARROW: readonly PenLine[] = arrow(
  "M1300 300 C1276 400 1180 480 1054 540",
  "M1078 484 L1050 542 L1112 548",
);

/** The cross over the box of the pod b. */
export const CROSS: readonly PenLine[] = [
  line("red", "M622 62 C720 120 850 220 984 294"),
  line("red", "M986 56 C870 130 740 220 618 300"),
];

/** What the pen goes on to draw after the pod was killed. */
export const AFTERWARDS: readonly PenLine[] = [
  ...word("nothing", "green", 1_096, 690, 0.62),
  ...word("lost", "green", 1_096, 840, 0.62),
  line("green", "M1364 792 L1406 842 C1436 786 1486 746 1540 730"),
];
