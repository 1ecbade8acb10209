// Without script a dialog is a panel in the page. With it: a modal that closes on Escape or ✕ and gives focus back.
export function initDialogs() {
  for (const opener of document.querySelectorAll("[data-opens-dialog]")) {
    const dialog = document.getElementById(opener.dataset.opensDialog);
    if (!dialog) continue;
    opener.hidden = false;
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      show(dialog, opener);
    });
  }
  for (const dialog of document.querySelectorAll("dialog.ges-dialog")) {
    dialog.addEventListener("click", (event) => closeFrom(event, dialog));
    if (dialog.open) {
      dialog.close();
      show(dialog, document.getElementById(dialog.dataset.returnsTo));
    }
  }
}

function show(dialog, opener) {
  dialog.addEventListener("close", () => (opener ?? document.getElementById("maincontent"))?.focus(), { once: true });
  dialog.showModal();
}

function closeFrom(event, dialog) {
  const closer = event.target.closest("[data-closes-dialog]");
  // A click on the dialog itself, and not on what it holds, is a click on the veil behind it.
  if (!closer && event.target !== dialog) return;
  event.preventDefault();
  dialog.close();
}
