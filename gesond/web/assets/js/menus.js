// Menus are <details>: they open and close by themselves. Here they also close on Escape and on a click elsewhere.
export function initMenus() {
  const menus = [...document.querySelectorAll("details.ges-menu")];

  document.addEventListener("click", ({ target }) => {
    for (const menu of menus) {
      if (menu.open && !menu.contains(target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && menus.find((menu) => menu.open);
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}
