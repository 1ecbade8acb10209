// Answers that reveal more. Without script all of it is shown. (The design system's own module does this with
// aria-expanded, which a radio button may not carry.)
export function initReveals() {
  const inputs = [...document.querySelectorAll("input[data-aria-controls]")];
  if (!inputs.length) return;

  const update = () => {
    for (const input of inputs) {
      const more = document.getElementById(input.dataset.ariaControls);
      more?.classList.toggle(`nhsuk-${input.type === "radio" ? "radios" : "checkboxes"}__conditional--hidden`, !input.checked);
    }
  };
  for (const input of inputs) input.setAttribute("aria-controls", input.dataset.ariaControls);
  document.addEventListener("change", update);
  // Going back restores the answers after this has run.
  addEventListener("pageshow", update);
  update();
}
