import * as core from "@spm/core";
import * as data from "@spm/data";

console.log(typeof core, typeof data);
console.log("ok");
