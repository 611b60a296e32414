// Shows the kernel's pictures in one <img>: fixed size, alt text, and where it was clicked.

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

  describe();
  show();
  el.appendChild(image);
  model.on("change:data", show);
  model.on("change:alt change:width change:height change:clickable", describe);

  return () => {
    if (shown) URL.revokeObjectURL(shown);
  };
}

export default { render };
