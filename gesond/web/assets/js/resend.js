// A button that may be pressed again after some seconds: shows how many remain. The server decides all the same.
export function initResends() {
  for (const button of document.querySelectorAll("[data-available-in]")) start(button);
}

function start(button) {
  const until = Date.now() + Number(button.dataset.availableIn) * 1000;
  const wait = document.getElementById(button.getAttribute("aria-describedby"));
  const count = wait?.querySelector("[data-seconds]");
  button.setAttribute("aria-disabled", "true");
  button.addEventListener("click", (event) => {
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  });

  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      if (count) count.textContent = String(left);
      return;
    }
    clearInterval(timer);
    button.removeAttribute("aria-disabled");
    if (wait) wait.hidden = true;
  };
  const timer = setInterval(tick, 1000);
  tick();
}
