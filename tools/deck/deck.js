// Gives each page the layout and the sizes that fit it, the largest there are; then starts reveal.js.
(() => {
  "use strict";
  // Of 26 px for text and 20 px for code: the smallest text is 18 px.
  const TYPES = [1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];
  const PICTURES = [1.35, 1.2, 1.1, 1, 0.9, 0.8];
  const NARROWEST = { text: 320, wrapped: 480 }; // a column of text, and one of code with broken lines, in pixels

  // Which blocks stand on the right, in each layout.
  const LAYOUTS = {
    stack: () => false,
    pictures: (block) => block.matches(".picture"),
    outputs: (block) => block.matches(".picture, .printed"),
    half: (block) => !block.matches(".text"),
    third: (block) => !block.matches(".text"),
  };

  function arrange(page, blocks, layout, wrapped) {
    const columns = page.querySelector(".columns");
    const [left, right] = columns.children;
    columns.className = `columns ${layout}${wrapped ? " wrapped" : ""}`;
    left.replaceChildren(...blocks.filter((block) => !LAYOUTS[layout](block)));
    right.replaceChildren(...blocks.filter(LAYOUTS[layout]));
    return layout === "stack" || (left.childElementCount > 0 && right.childElementCount > 0);
  }

  function fits(page) {
    const [left, right] = page.querySelector(".columns").children;
    if (right.childElementCount && left.clientWidth < NARROWEST.text) return false;
    const code = page.querySelector(".wrapped .code");
    if (code && code.clientWidth < NARROWEST.wrapped) return false;
    return [...page.querySelectorAll(".column, .block, pre, table, math")].every(
      (part) => part.scrollWidth <= part.clientWidth + 1 || getComputedStyle(part).display.startsWith("inline"),
    ) && [left, right].every((column) => column.scrollHeight <= column.clientHeight + 1);
  }

  function size(page, type, picture) {
    page.style.setProperty("--type", type);
    page.style.setProperty("--picture", picture);
  }

  // The largest type that fits with this layout and this size of pictures; not a number where none does.
  function largest(page, picture) {
    let low = 0;
    let high = TYPES.length - 1;
    size(page, TYPES[high], picture);
    if (!fits(page)) return NaN;
    while (low < high) {
      const middle = (low + high) >> 1;
      size(page, TYPES[middle], picture);
      if (fits(page)) high = middle;
      else low = middle + 1;
    }
    return TYPES[high];
  }

  // What is small is worth more to enlarge than what is large already, a picture more than text; and of two
  // layouts that show as much the plain one is better.
  function value(type, picture, layout) {
    const gain = (scale) => Math.min(scale, 1) + 0.4 * Math.max(scale - 1, 0);
    return gain(type) + 1.5 * gain(picture) + (layout === "stack" ? 0.04 : 0);
  }

  function fit(page) {
    const blocks = [...page.querySelectorAll(".block")];
    const pictures = page.querySelector("img") ? PICTURES : [1];
    let best = { worth: -1, layout: "stack", type: TYPES.at(-1), picture: pictures.at(-1) };
    // Long lines of code are broken only where nothing else fits.
    for (const wrapped of [false, true]) {
      if (best.worth > 0) break;
      for (const layout of Object.keys(LAYOUTS)) {
        if (!arrange(page, blocks, layout, wrapped)) continue;
        for (const picture of pictures) {
          if (value(TYPES[0], picture, layout) <= best.worth) break;
          const type = largest(page, picture);
          const worth = value(type, picture, layout);
          if (worth > best.worth) best = { worth, layout, wrapped, type, picture };
        }
      }
    }
    arrange(page, blocks, best.layout, best.wrapped);
    size(page, best.type, best.picture);
  }

  const bench = document.getElementById("bench");
  for (const page of document.querySelectorAll(".page")) {
    const place = page.parentElement;
    bench.replaceChildren(page);
    fit(page);
    place.prepend(page);
  }
  bench.remove();

  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    controls: false,
    hash: true,
    navigationMode: "linear", // one key, or a clicker, goes through all
    slideNumber: "c/t",
    transition: "none",
    pdfSeparateFragments: false,
    plugins: [RevealNotes],
  });
})();
