import { survivors } from "./survivors.mjs";
import { LEAST_SCORE } from "./targets.mjs";

/** A change of the code, and whether a test failed by it. `change` says what it is, on one line. */
/** @typedef {{ file: string, line: number, change: string, isKilled: boolean }} Mutant */

/**
 * Prints the scores, and why those that survived may. False when a score is too low, or one has no reason to survive.
 * @param {readonly Mutant[]} mutants
 */
export function report(mutants) {
  const scores = [...new Set(mutants.map(({ file }) => file))].map((file) => scoreOf(file, mutants));
  console.log("\n| file | mutants | killed | score |\n|---|---:|---:|---:|");
  for (const { file, all, killed, score } of scores)
    console.log(`| ${file} | ${all} | ${killed} | ${percent(score)} |`);
  console.log("\nWhat no test notices:\n");
  const alive = mutants.filter(({ isKilled }) => !isKilled).map((mutant) => ({ ...mutant, reason: reasonOf(mutant) }));
  for (const { file, line, change, reason } of alive)
    console.log(`${file}:${line}\n  ${change}\n  ${reason ?? NO_REASON}`);
  return scores.every(({ score }) => score >= LEAST_SCORE) && alive.every(({ reason }) => reason !== undefined);
}

const NO_REASON = "NO REASON: it needs a test, or a line in test/mutation/survivors.mjs";

/** @param {string} file @param {readonly Mutant[]} mutants */
function scoreOf(file, mutants) {
  const own = mutants.filter((mutant) => mutant.file === file);
  const killed = own.filter(({ isKilled }) => isKilled).length;
  return { file, all: own.length, killed, score: killed / own.length };
}

/** @param {number} score */
const percent = (score) => `${Math.floor(100 * score)} %`;

/** @param {Mutant} mutant */
const reasonOf = ({ file, change }) =>
  survivors.find(({ changes }) =>
    Object.entries(changes).some(([end, known]) => file.endsWith(end) && known.includes(change)),
  )?.reason;
