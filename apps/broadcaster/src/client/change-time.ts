const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Shows when a value changed: the time of today, otherwise the day; the exact time is in its title. */
export function showChangeTime(element: HTMLTimeElement, at: number): void {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return clearChangeTime(element);
  const today = date.toDateString() === new Date().toDateString();
  element.dateTime = date.toISOString();
  element.title = exact.format(date);
  element.textContent = today ? clock.format(date) : day.format(date);
}

function clearChangeTime(element: HTMLTimeElement): void {
  element.removeAttribute("datetime");
  element.removeAttribute("title");
  element.textContent = "";
}
