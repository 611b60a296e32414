// Shows the kernel's pictures in one <img>: fixed size, alt text, where it was clicked, and how dense the screen is.

// A zoom or another screen may change it.
const dense = matchMedia("(min-resolution: 1.01dppx)");

function render({ model, el }) {
  const image = document.createElement("img");
  image.className = "lesson-picture";
  image.draggable = false;
  let shown = null;

  function show() {
    const address = URL.createObjectURL(new Blob([model.get("data")], { type: "image/jpeg" }));
    const before = shown;
    shown = address;
    image.src = address;
    if (before) URL.revokeObjectURL(before);
  }

  function describe() {
    image.alt = model.get("alt");
    image.width = model.get("width");
    image.height = model.get("height");
    image.style.maxWidth = "none";
    image.style.cursor = model.get("clickable") ? "crosshair" : "default";
  }

  image.addEventListener("click", (event) => {
    if (!model.get("clickable")) return;
    const box = image.getBoundingClientRect();
    // The browser cuts a click's place down to whole pixels: the middle of that pixel is meant.
    const across = (event.clientX + 0.5 - box.left) / box.width;
    const down = (event.clientY + 0.5 - box.top) / box.height;
    model.set("clicked", [across, down]);
    model.save_changes();
  });

  // A message, not a trait: the kernel keeps what all pages together need.
  function tell() {
    try {
      model.send({ dense: dense.matches });
    } catch {
      // The kernel was restarted: no one is left to draw anew.
    }
  }

  describe();
  show();
  el.appendChild(image);
  model.on("change:data", show);
  model.on("change:alt change:width change:height change:clickable", describe);
  dense.addEventListener("change", tell);
  tell();

  return () => {
    dense.removeEventListener("change", tell);
    if (shown) URL.revokeObjectURL(shown);
  };
}

export default { render };
