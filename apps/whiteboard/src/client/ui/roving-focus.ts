const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Makes a toolbar one stop of the Tab key: arrow keys, Home and End go along its controls (WAI-ARIA, toolbar). */
export function bindRovingFocus(toolbar: HTMLElement): void {
  const findControls = () => [...toolbar.querySelectorAll<HTMLElement>("button, input")];
  const stopAt = (stop?: EventTarget | null): void => {
    for (const control of findControls()) control.tabIndex = control === stop ? 0 : -1;
  };
  stopAt(findControls()[0]);
  toolbar.addEventListener("focusin", ({ target }) => stopAt(target));
  toolbar.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLElement)) return;
    const controls = findControls();
    const index = controls.indexOf(event.target);
    const next = controls[nextIndex(event.key, index, controls.length)];
    if (!next || index < 0) return;
    event.preventDefault();
    next.focus();
  });
}

/** Where a key leads from one of so many controls; -1 when it leads nowhere. */
function nextIndex(key: string, index: number, length: number): number {
  const step = STEPS[key];
  if (step) return (index + step + length) % length;
  if (key === "Home") return 0;
  return key === "End" ? length - 1 : -1;
}
