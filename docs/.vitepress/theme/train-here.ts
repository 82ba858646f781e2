/**
 * @file `<train-here>`: the recorded losses of three networks on two spirals, and a button that
 * trains one of them in the page and draws its losses over the recorded ones.
 */
import recorded from "./recorded.json" with { type: "json" };

type Kind = keyof typeof recorded;

const kinds: readonly Kind[] = ["dense", "rotation", "general"];
/** Steps in all, and between two losses. */
const [STEPS, EVERY] = [300, 10];
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 240, 48, 28];

/** Places of step and loss; the loss is on a log scale from 1 down to 1e-4. */
const x = (step: number): number => LEFT + ((WIDTH - LEFT - 10) * step) / STEPS;
const y = (loss: number): number =>
  10 + ((HEIGHT - BOTTOM - 10) * Math.min(4, Math.max(0, -Math.log10(loss)))) / 4;

const path = (losses: readonly number[]): string =>
  losses.map((loss, k) => `${k === 0 ? "M" : "L"}${x(k * EVERY)} ${y(loss)}`).join("");

/** The axes and the recorded curves. */
function chart(): string {
  const levels = [1, 0.1, 0.01, 0.001, 0.0001].map(
    (loss) =>
      `<path class="grid" d="M${LEFT} ${y(loss)}H${WIDTH - 10}"/>` +
      `<text x="${LEFT - 6}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`,
  );
  const steps = [0, 100, 200, 300].map(
    (step) => `<text x="${x(step)}" y="${HEIGHT - 10}" text-anchor="middle">${step}</text>`,
  );
  const curves = kinds.map(
    (kind) => `<path class="recorded ${kind}" d="${path(recorded[kind].losses)}"/>`,
  );
  const live = kinds.map((kind) => `<path class="live ${kind}" d=""/>`);
  const name = "Loss by step, of 300, on a log scale: recorded curves of three networks";
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">` +
    `${[...levels, ...steps, ...curves, ...live].join("")}</svg>`
  );
}

const choices = kinds
  .map(
    (kind) => `<option value="${kind}">${kind}, ${recorded[kind].parameters} parameters</option>`,
  )
  .join("");

class TrainHere extends HTMLElement {
  connectedCallback(): void {
    const legend = kinds.map((kind) => `<span class="${kind}">${kind}</span>`).join(" ");
    this.innerHTML =
      `<form><label>layers <select>${choices}</select></label>` +
      `<button>Train it here</button></form><p>loss by step: ${legend}</p>${chart()}` +
      `<p class="said" aria-live="polite"></p>`;
    const select = this.querySelector("select");
    if (select) select.value = "rotation";
    this.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#train(select?.value as Kind);
    });
  }

  async #train(kind: Kind): Promise<void> {
    const [button, said] = [this.querySelector("button"), this.querySelector(".said")];
    const curve = this.querySelector(`.live.${kind}`);
    if (!button || !said || !curve) return;
    const say = (text: string): void => {
      said.textContent = text;
    };
    button.disabled = true;
    say("Loading …");
    try {
      const { trainOnWasm } = await import("./train-on-wasm.ts");
      say("Training …");
      const losses: number[] = [];
      const seconds = await trainOnWasm(kind, STEPS, async (loss) => {
        losses.push(loss);
        curve.setAttribute("d", path(losses));
        await new Promise(requestAnimationFrame);
      });
      const [mine = 0, theirs = 0] = [losses, recorded[kind].losses].map((all) => all.at(-1));
      say(
        `${kind}: loss ${mine.toPrecision(4)} after ${STEPS} steps, ` +
          `${seconds.toFixed(1)} s here; recorded ${theirs.toPrecision(4)}.`,
      );
    } catch (cause) {
      say(`It did not train here: ${String(cause)}`);
    } finally {
      button.disabled = false;
    }
  }
}

/** Makes `<train-here>` known to the page. */
export const defineTrainHere = (): void => {
  if (customElements.get("train-here") === undefined)
    customElements.define("train-here", TrainHere);
};
