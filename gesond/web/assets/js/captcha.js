// The captcha's two helpers: another image without leaving the page, and work done by the browser instead of reading.
// The work is PBKDF2 (ALTCHA, second version): find the counter whose derived key starts with the given prefix.
for (const root of document.querySelectorAll("[data-captcha]")) start(root);

function start(root) {
  const part = (name) => root.querySelector(`[data-captcha-${name}]`);

  part("new").addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(root.dataset.refresh, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    const { key, image_url } = await answer.json();
    part("key").value = key;
    part("image").src = image_url;
    const input = root.querySelector("input[type=text]");
    input.value = "";
    input.focus();
  });

  // Browsers derive keys on secure pages only.
  if (!globalThis.crypto?.subtle) return;
  part("proof").hidden = part("or").hidden = false;

  part("click").addEventListener("click", async () => {
    const state = part("state");
    part("click").setAttribute("aria-disabled", "true");
    try {
      part("payload").value = await prove(root.dataset.proof, (percent) => {
        state.textContent = `${root.dataset.working} ${percent} %`;
      });
      state.textContent = root.dataset.done;
      state.className = "ges-captcha__solved";
      part("reading").hidden = part("proof").hidden = true;
    } catch {
      state.textContent = root.dataset.failed;
    }
    part("click").removeAttribute("aria-disabled");
  });
}

async function prove(address, report) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const { parameters, signature, steps } = await answer.json();
  const began = performance.now();
  const solution = await search(parameters, steps, report);
  const payload = { challenge: { parameters, signature }, solution: { ...solution, time: performance.now() - began } };
  return btoa(JSON.stringify(payload));
}

async function search(parameters, steps, report) {
  const atOnce = Math.min(navigator.hardwareConcurrency || 2, 8);
  for (let first = 0; first <= steps; first += atOnce) {
    const counters = Array.from({ length: atOnce }, (_, index) => first + index);
    const keys = await Promise.all(counters.map((counter) => derive(parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (found >= 0) return { counter: counters[found], derivedKey: keys[found] };
    report(Math.min(99, Math.round((first / steps) * 100)));
  }
  throw new Error("no solution");
}

async function derive({ nonce, salt, cost, keyLength }, counter) {
  const start = bytes(nonce);
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  new DataView(password.buffer).setUint32(start.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const options = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  const bits = await crypto.subtle.deriveBits(options, key, keyLength * 8);
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(hex) {
  return Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
}
