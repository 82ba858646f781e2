/**
 * @file Writes the lines in which a butterfly kernel reads the layout that `MixerState` made of a
 * schedule.
 */

/** Seven words, as `Tables.layout` lists them. */
export const readLayout = `
  const n = <usize>load<u32>(layout), three = load<i32>(layout, 4) !== 0,
    passes = <usize>load<u32>(layout, 8), groups = <usize>load<u32>(layout, 12);
  const count = load<i32>(layout, 16), chunk = <usize>load<u32>(layout, 20),
    pad = <usize>load<u32>(layout, 24);`;
