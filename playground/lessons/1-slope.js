/**
 * @file A slope
 *
 * The derivative of x² is 2x. `grad` makes it of any function of tensors: it runs the function,
 * keeps the calls on a tape, and goes through them from the last to the first.
 *
 * Try it: make it x³, or sin x. What is the derivative of the derivative?
 */
import { grad, linspace, square, sum, tensor } from "@spm/core";
import { plot, showTape } from "@spm/playground";

const f = (x) => sum(square(x));
const slope = grad(f);

const x = tensor([-1, 0, 1, 2, 3]);
console.log("x", x);
console.log("2x", slope(x));

// Every call that runs, forwards and back.
showTape(() => slope(tensor([3])));

// The curve and its slope, at 41 places from -2 to 2.
const at = linspace(-2, 2, 41);
plot({ "x²": square(at), "2x": slope(at) }, { title: "x² and its slope", at, x: "x", y: "value" });
