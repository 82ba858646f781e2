/** @file The schema of a saved encoding of data of one's own, which may be somebody else's. */

const name = { type: "string" };
const finite = { type: "number" };
const std = { type: "number", exclusiveMinimum: 0 };
const flag = { type: "boolean" };
const names = { type: "array", items: name, maxItems: 2 ** 16 };
const size = { type: "integer", minimum: 1, maximum: 2 ** 16 };

/** An object with these members. */
const object = (properties: object): object => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});

const ofNumber = { name, kind: { const: "number" }, mean: finite, std };
const ofCategory = { name, kind: { const: "category" }, categories: names };

/** A schema of {@link SavedConfig.encoding}. */
export const encodingSchema: object = {
  anyOf: [
    object({
      kind: { const: "table" },
      target: { anyOf: [object(ofNumber), object(ofCategory)] },
      features: {
        type: "array",
        items: {
          anyOf: [object({ ...ofNumber, missing: flag }), object({ ...ofCategory, missing: flag })],
        },
      },
      leftOut: { type: "array", items: object({ name, why: name }) },
    }),
    object({
      kind: { const: "images" },
      classes: names,
      width: size,
      height: size,
      channels: { enum: [1, 3] },
      mean: finite,
      std,
    }),
  ],
};
