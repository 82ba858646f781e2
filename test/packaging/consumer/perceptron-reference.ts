/** @file A perceptron trained by Adam on the reference: a program whose bundle has a ceiling. */
import { trained } from "./perceptron.js";

trained().then(console.log);
