// An explorer's picture, sentence and status line in Jupyter. This is appended to picture.js.

function render({ model, el }) {
  el.classList.add("explorer");
  let turn = 0;
  // A state and not a message: of what is dragged while the kernel is at work only the last place is sent.
  const shown = picture(el, (values) => {
    model.set("pointed", { values, turn: `${Date.now()}-${++turn}` });
    model.save_changes();
  });
  const sentence = document.createElement("p");
  sentence.className = "explorer-sentence";
  sentence.setAttribute("aria-live", "polite");
  const status = document.createElement("p");
  status.className = "explorer-status";
  status.setAttribute("role", "status");
  el.append(sentence, status);

  const addresses = new Map();
  function address(name) {
    const data = model.get(`image_${name}`);
    const kept = addresses.get(name);
    if (kept?.data === data) return kept.address;
    if (kept) URL.revokeObjectURL(kept.address);
    const made = URL.createObjectURL(new Blob([data]));
    addresses.set(name, { data, address: made });
    return made;
  }

  function show() {
    const content = model.get("content");
    shown.show(content.svg, address);
    sentence.textContent = content.sentence;
    status.textContent = content.status ? `Note: ${content.status}` : "";
    status.hidden = !content.status;
  }

  model.on("change:content", show);
  show();
  return () => {
    model.off("change:content", show);
    for (const { address } of addresses.values()) URL.revokeObjectURL(address);
    shown.remove();
  };
}

export default { render };
