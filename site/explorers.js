// Brings a page's explorers to life: Python for browsers, started when the first of them is nearly in view, runs the
// course's own code, and inputs of the page set its controls. Until then, and where that cannot run, the stored
// pictures stay.

import { picture } from "./picture.js";

const here = new URL(".", import.meta.url);
const TOURED = "This page shows recorded settings only; in the notebook all of them work, with any photo and network.";
const PRIVATE = "Your own picture never leaves this page.";
let python = null;

/** Python with the course's plain parts, once for all of a page; gives the modules that explorers and questions need. */
function started() {
  python ??= (async () => {
    const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", here));
    const [pyodide, code] = await Promise.all([
      loadPyodide({ indexURL: new URL("pyodide/", here).href }),
      fetch(new URL("helpers.zip", here)),
    ]);
    if (!code.ok) throw new Error(`helpers.zip: ${code.status}`);
    pyodide.unpackArchive(await code.arrayBuffer(), "zip");
    return {
      explorers: pyodide.pyimport("helpers.explorers.page"),
      questions: () => pyodide.pyimport("helpers.lessons.page"),
      bytes: (array) => pyodide.toPy(array),
    };
  })();
  return python;
}

/** What the address asks of an explorer: `#ReductionExplorer-1&kernel_size=5`. */
function asked(name) {
  const [id, ...rest] = decodeURIComponent(location.hash.slice(1)).split("&");
  return id === name && rest.length ? Object.fromEntries(new URLSearchParams(rest.join("&"))) : null;
}

async function bring(figure) {
  const { module, explorer: kind, settings, recordings } = figure.dataset;
  const [{ explorers, bytes }, recording] = await Promise.all([started(), recordings ? loaded(recordings) : "{}"]);
  const explorer = explorers.opened(module, kind, recording, settings, JSON.stringify(asked(figure.id) ?? {}));
  new Live(figure, explorer, bytes);
}

async function loaded(name) {
  const answer = await fetch(new URL(`../files/${name}.gz`, here));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).text();
}

class Live {
  constructor(figure, explorer, bytes) {
    this.figure = figure;
    this.explorer = explorer;
    this.bytes = bytes;
    this.addresses = new Map();
    this.inputs = new Map();
    const stored = figure.querySelector("img");
    this.controls = element("div", { className: "controls" });
    const shown = element("div", { className: "shown" });
    this.picture = picture(shown, (values) => this.show(explorer.point(JSON.stringify(values))));
    this.sentence = element("p", { className: "explorer-sentence", role: "status" });
    this.status = element("p", { className: "explorer-status", role: "status" });
    const reset = element("button", { type: "button", textContent: "As in the lesson" });
    const copy = element("button", { type: "button", textContent: "Copy link" });
    reset.onclick = () => this.show(explorer.reset());
    copy.onclick = () => this.copied(copy);
    const buttons = element("div", { className: "buttons" });
    buttons.append(reset, copy);
    this.note = element("p", { className: "note" });
    this.show(explorer.state());
    stored.remove();
    figure.append(this.controls, shown, this.sentence, this.status, buttons, this.note);
    scrolled(shown);
    figure.dataset.ready = "true";
  }

  show(text) {
    const state = JSON.parse(text);
    for (const name of state.images) {
      if (this.addresses.has(name)) URL.revokeObjectURL(this.addresses.get(name));
      const data = this.explorer.image(name);
      this.addresses.set(name, URL.createObjectURL(new Blob([data.toJs()])));
      data.destroy();
    }
    for (const control of state.controls) this.input(control).update(control);
    if (!this.controls.hasChildNodes()) this.arrange(state.rows);
    this.picture.show(state.svg, (name) => this.addresses.get(name));
    this.sentence.textContent = state.sentence;
    this.status.textContent = state.status ? `Note: ${state.status}` : "";
    this.status.hidden = !state.status;
    this.note.textContent = state.toured ? TOURED : this.inputs.has("upload") ? PRIVATE : "";
    this.link = state.link;
  }

  input(control) {
    if (!this.inputs.has(control.name)) {
      const set = (value) => this.show(this.explorer.change(control.name, value));
      const made = MAKERS[control.kind](control, control.kind === "upload" ? (file) => this.uploaded(file) : set);
      this.inputs.set(control.name, made);
    }
    return this.inputs.get(control.name);
  }

  /** Lay the inputs out in the notebook's rows; a row has inputs, or columns of them. What no row names comes first. */
  arrange(rows) {
    const named = new Set(rows.flat(2));
    const rest = [...this.inputs.keys()].filter((name) => !named.has(name));
    const inside = (className, names) => {
      const made = element("div", { className });
      const parts = names.map((each) => (Array.isArray(each) ? inside("column", each) : this.inputs.get(each)?.label));
      made.append(...parts.filter(Boolean));
      return made;
    };
    this.controls.append(...[rest, ...rows].filter((row) => row.length).map((row) => inside("row", row)));
  }

  /** A picture of the learner's own; it never leaves the page. */
  async uploaded(file) {
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      this.status.textContent = `Note: ${file.name} cannot be opened as a picture; choose a JPEG or a PNG.`;
      this.status.hidden = false;
      return;
    }
    this.show(this.explorer.upload((size) => this.bytes(pixels(picture, size))));
  }

  async copied(button) {
    const settings = new URLSearchParams(this.link).toString();
    const address = new URL(location.href);
    address.hash = settings ? `${this.figure.id}&${settings}` : this.figure.id;
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "The link is in the address bar";
    }
    setTimeout(() => (button.textContent = "Copy link"), 2000);
  }
}

function element(tag, { role, ...properties }) {
  const made = Object.assign(document.createElement(tag), properties);
  if (role) made.setAttribute("role", role);
  return made;
}

const MAKERS = {
  slider(control, set) {
    const input = element("input", { type: "range" });
    const value = element("output", {});
    input.oninput = () => set(input.value);
    return labelled(control, input, value, ({ min, max, step, value: now, shown }) => {
      Object.assign(input, { min, max, step });
      input.value = now;
      value.textContent = shown;
    });
  },
  choice(control, set) {
    const input = element("select", {});
    input.onchange = () => set(input.value);
    let options = "";
    return labelled(control, input, null, (now) => {
      if (options !== now.options.join()) {
        options = now.options.join();
        input.replaceChildren(...now.options.map((text) => new Option(text, text)));
      }
      input.value = now.value;
    });
  },
  switch(control, set) {
    const input = element("input", { type: "checkbox" });
    input.onchange = () => set(String(input.checked));
    return labelled(control, input, null, (now) => (input.checked = now.value === "true"));
  },
  upload(control, set) {
    const input = element("input", { type: "file", accept: "image/*" });
    input.onchange = () => input.files.length && set(input.files[0]);
    return labelled(control, input, null, () => {});
  },
};

/** A picture's central square at so many pixels a side: a byte each for red, green and blue, row by row. */
function pixels(picture, size) {
  const side = Math.min(picture.width, picture.height);
  const drawing = Object.assign(document.createElement("canvas"), { width: size, height: size }).getContext("2d");
  drawing.fillStyle = "white"; // behind what is transparent
  drawing.fillRect(0, 0, size, size);
  drawing.imageSmoothingQuality = "high";
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  drawing.drawImage(picture, left, top, side, side, 0, 0, size, size);
  return drawing.getImageData(0, 0, size, size).data.filter((_, place) => place % 4 < 3);
}

function labelled(control, input, value, show) {
  const label = element("label", { className: control.kind });
  input.name = control.name;
  label.append(element("span", { textContent: control.label }), input, ...(value ? [value] : []));
  return {
    label,
    update(now) {
      label.hidden = now.hidden;
      show(now);
    },
  };
}

async function start(figure) {
  waiting.unobserve(figure);
  try {
    await bring(figure);
  } catch (error) {
    console.warn(error);
    const words = "The sliders cannot run in this browser; this is the picture that the lesson stores.";
    figure.append(element("p", { className: "explorer-status", role: "status", textContent: words }));
  }
}

// What a lesson asks. A guess stays in the page until its answer is shown.
const guess = (name) => document.querySelector(`form.guess[data-name="${name}"] input`)?.value ?? "";

async function answer(form) {
  const said = form.querySelector("output");
  said.textContent = "…";
  try {
    const questions = (await started()).questions();
    const { name, answer: number, unit } = form.dataset;
    said.textContent = form.classList.contains("exercise")
      ? questions.answered(name, form.querySelector("input").value)
      : questions.guessed(guess(name), Number(number), unit);
  } catch (error) {
    console.warn(error);
    said.textContent = "The answers cannot be checked in this browser; run the lesson as a notebook.";
  }
}

for (const form of document.querySelectorAll("form:is(.guess, .reveal, .exercise)")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.classList.contains("guess")) answer(form);
  });
}

/** What is wider than its place is scrolled, by keyboard too. */
function scrolled(part) {
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
}

// What is folded has no width before it is opened.
document.addEventListener("toggle", (event) => event.target.querySelectorAll("pre, figure, .shown").forEach(scrolled), true);
addEventListener("load", () => document.querySelectorAll("pre, figure:not(.explorer)").forEach(scrolled));

const figures = [...document.querySelectorAll("figure.explorer")];
const waiting = new IntersectionObserver(
  (entries) => entries.filter((each) => each.isIntersecting).forEach((each) => start(each.target)),
  { rootMargin: "100%" }, // one screen ahead of the reader: Python takes a second or two to start
);
const linked = figures.find((figure) => asked(figure.id));
for (const figure of figures) if (figure !== linked) waiting.observe(figure);
if (linked) {
  for (let fold = linked.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  start(linked).then(() => linked.scrollIntoView());
}
