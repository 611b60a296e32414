// Shows SVG text that Python makes, tells what is pointed at in it, and shows tips. It knows nothing of Jupyter:
// a page without a kernel uses it too.

let count = 0;

/**
 * Shows pictures in `root`. `point` is called with the values that a click or a drag sets, by control.
 * The result has `show(svg, images)`, where `images` maps each name in the SVG to an address, and `remove()`.
 */
export function picture(root, point) {
  // Two pictures on a page may use the same pattern: each calls it by a name of its own.
  const own = `picture${++count}-`;
  const tip = document.createElement("div");
  tip.className = "explorer-tip";
  tip.hidden = true;
  const box = document.createElement("div");
  box.className = "explorer-picture";
  root.append(box, tip);
  let dragging = null;
  let last = null;  // where the pointer is: what lies under it may change

  function show(svg, images) {
    const before = [...box.querySelectorAll("image")];
    box.innerHTML = svg
      .replaceAll(/(["#])ID-/g, `$1${own}`)
      .replaceAll(/href="image:([^"]*)"/g, (_, name) => `href="${images(name)}"`);
    // An image that was decoded once stays as it is: a new element would be blank for a moment.
    for (const image of box.querySelectorAll("image")) {
      const same = before.findIndex((each) => each.getAttribute("href") === image.getAttribute("href"));
      if (same < 0) continue;
      const [kept] = before.splice(same, 1);
      for (const { name } of [...kept.attributes]) if (!image.hasAttribute(name)) kept.removeAttribute(name);
      for (const { name, value } of image.attributes) kept.setAttribute(name, value);
      image.replaceWith(kept);
    }
    if (last) say(last);
  }

  // Where the pointer is, in the picture's own pixels.
  function place(event) {
    const svg = box.querySelector("svg");
    const area = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / area.width;
    return { across: (event.clientX - area.left) * scale, down: (event.clientY - area.top) * scale };
  }

  function drag(event) {
    const at = place(event);
    const values = {};
    for (const [side, text] of Object.entries(dragging)) {
      const [control, start, end, low, high] = JSON.parse(text);
      const share = Math.min(Math.max((at[side] - start) / (end - start), 0), 1);
      values[control] = low + share * (high - low);
    }
    point(values);
  }

  function say(event) {
    last = event;
    const under = event && document.elementFromPoint(event.clientX, event.clientY);
    const words = box.contains(under) && under.closest("[data-tip]")?.dataset.tip;
    tip.hidden = !words;
    if (!words) return;
    tip.textContent = words;
    const area = root.getBoundingClientRect();
    const left = Math.min(event.clientX - area.left + 12, area.width - tip.offsetWidth);
    const top = event.clientY - area.top - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${top < 0 ? top + tip.offsetHeight + 28 : top}px`;
  }

  box.addEventListener("pointerdown", (event) => {
    const target = event.target.closest("[data-across], [data-down], [data-set]");
    if (!target || event.button) return;
    const { across, down, set } = target.dataset;
    if (set) return point(JSON.parse(set));
    // A finger may want to scroll: it sets with a tap, and drags what is made to be dragged.
    const held = event.pointerType !== "touch" || target.classList.contains("handle");
    dragging = Object.fromEntries(Object.entries({ across, down }).filter(([, text]) => text));
    drag(event);
    if (held) box.setPointerCapture(event.pointerId);
    else dragging = null;
  });
  box.addEventListener("pointermove", (event) => {
    say(event);
    if (dragging) drag(event);
  });
  box.addEventListener("pointerup", () => (dragging = null));
  box.addEventListener("pointercancel", () => (dragging = null));
  box.addEventListener("pointerleave", () => {
    last = null;
    tip.hidden = true;
  });

  return {
    show,
    remove() {
      box.remove();
      tip.remove();
    },
  };
}
