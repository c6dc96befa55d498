const QUALITIES = [
  "amber bold brisk calm clever coral cosy eager fair gentle golden happy indigo jolly keen kind",
  "lively lucky mellow merry neat noble olive plucky proud quick quiet silver snowy sunny teal wise",
].flatMap((words) => words.split(" "));
const ANIMALS = [
  "badger beaver bison crane dolphin falcon ferret finch fox gecko hare heron ibex jay koala lark",
  "lynx marten moose newt otter owl panda puffin raven robin seal swift tapir toad wren yak",
].flatMap((words) => words.split(" "));
const NUMBERS = 1_000;

/** A new board's name that can be said aloud: `calm-otter-417`, one of a million. */
export const newBoardName = (): string => `${pick(QUALITIES)}-${pick(ANIMALS)}-${randomBelow(NUMBERS)}`;

/** What a person is called until they say otherwise: `Calm Otter`. */
export const newPersonName = (): string => `${capitalized(pick(QUALITIES))} ${capitalized(pick(ANIMALS))}`;

const pick = (words: readonly string[]): string => words[randomBelow(words.length)] ?? "";

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function randomBelow(bound: number): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number % bound;
}
