// Does what the page of the original example does: draws with the mouse, sends each segment as `drawing`, at most one
// in 10 ms, and draws the segments that come. Coordinates are shares of the window.
const INTERVAL_MS = 10;

// socket.io's client is a script of the page.
const socket = globalThis.io();
const canvas = document.body.appendChild(document.createElement("canvas"));
canvas.width = innerWidth;
canvas.height = innerHeight;
Object.assign(canvas.style, { position: "absolute", inset: "0" });
const context = canvas.getContext("2d");

/** @type {{ x: number, y: number } | undefined} */
let last;
let sentAt = 0;

socket.on("connect", () => {
  document.title = "connected";
});
socket.on("drawing", ({ x0, y0, x1, y1, color }) => {
  drawLine(x0 * canvas.width, y0 * canvas.height, x1 * canvas.width, y1 * canvas.height, color);
});

canvas.addEventListener("mousedown", (event) => {
  last = { x: event.clientX, y: event.clientY };
});
canvas.addEventListener("mousemove", (event) => {
  if (last && Date.now() - sentAt >= INTERVAL_MS) drawTo(event);
});
canvas.addEventListener("mouseup", (event) => {
  drawTo(event);
  last = undefined;
});

/** @param {MouseEvent} event */
function drawTo({ clientX: x, clientY: y }) {
  if (!last) return;
  sentAt = Date.now();
  const { width, height } = canvas;
  drawLine(last.x, last.y, x, y, "red");
  socket.emit("drawing", { x0: last.x / width, y0: last.y / height, x1: x / width, y1: y / height, color: "red" });
  last = { x, y };
}

function drawLine(x0, y0, x1, y1, color) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
  context.closePath();
}
