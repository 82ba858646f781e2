/** @file A pad to draw on, by mouse, pen, finger or keys. */
import { element } from "./element.ts";

/** The side of the pad in pixels of its own, and the width of its pen. */
const [SIDE, PEN] = [112, 9];
/** The way of the pen at an arrow key. */
const STEP = 4;

const keys: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** The ink of a canvas, row by row: 0 is paper, 1 ink. */
function inkOf(context: CanvasRenderingContext2D): Float32Array {
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Float32Array.from({ length: SIDE * SIDE }, (_, k) => 1 - (data[4 * k] ?? 0) / 255);
}

/**
 * A pad with a button that clears it.
 * @param drawn - is called with the ink, a square, after each stroke
 */
export function openPad(drawn: (pixels: Float32Array) => void): HTMLElement {
  const canvas = element("canvas", { width: SIDE, height: SIDE, tabIndex: 0, className: "pad" });
  canvas.setAttribute("role", "application");
  canvas.setAttribute(
    "aria-label",
    "Pad. Draw with the mouse or a finger, or by keys: arrows move the pen, Space puts it down " +
      "and lifts it, Delete clears the pad.",
  );
  const said = element("p", { className: "hint" }, "Arrows move the pen, Space puts it down.");
  const pen = element("div", { className: "pen" });
  const clear = element("button", { type: "button" }, "Clear the pad");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("the browser has no canvas");
  let [x, y, down] = [SIDE / 2, SIDE / 2, false];

  const empty = (): void => {
    context.fillStyle = "white";
    context.fillRect(0, 0, SIDE, SIDE);
    Object.assign(context, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = "black";
  };
  const place = (): void => {
    pen.style.left = `${(100 * x) / SIDE}%`;
    pen.style.top = `${(100 * y) / SIDE}%`;
    pen.classList.toggle("down", down);
  };
  const moveTo = (right: number, below: number): void => {
    context.beginPath();
    context.moveTo(x, y);
    [x, y] = [Math.max(0, Math.min(SIDE, right)), Math.max(0, Math.min(SIDE, below))];
    context.lineTo(x, y);
    if (down) context.stroke();
    place();
  };
  const lift = (): void => {
    if (!down) return;
    down = false;
    place();
    drawn(inkOf(context));
  };
  const at = ({ offsetX, offsetY }: PointerEvent): [number, number] => [
    (offsetX * SIDE) / canvas.clientWidth,
    (offsetY * SIDE) / canvas.clientHeight,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    down = false;
    moveTo(...at(event));
    down = true;
    moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (down && event.buttons > 0) moveTo(...at(event));
  });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const way = keys[event.key];
    if (way !== undefined) moveTo(x + way[0], y + way[1]);
    else if (event.key === " ") {
      if (down) lift();
      else {
        down = true;
        moveTo(x, y);
      }
      said.textContent = down ? "The pen is down." : "The pen is up.";
    } else if (event.key === "Delete") clear.click();
    else return;
    event.preventDefault();
  });
  clear.addEventListener("click", () => {
    empty();
    said.textContent = "The pad is clear.";
  });
  empty();
  place();
  return element(
    "div",
    { className: "pad-frame" },
    element("div", { className: "paper" }, canvas, pen),
    said,
    clear,
  );
}
