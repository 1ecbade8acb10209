// Completes a form with a passkey's answer. A form says what it needs:
//   data-passkey="create" (add one) or "get" (prove oneself), data-passkey-options="where to ask what to do",
//   a hidden field named credential, and an element [data-passkey-trouble] with its words.
// The server makes the challenge and judges the answer; nothing here is trusted.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) return; // the answer is there: let it go
    event.preventDefault();
    ask(form, event.submitter);
  });
}

async function ask(form, button) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.textContent = "";
  if (form.elements.name?.value.trim() === "") return form.submit(); // the server says what is missing
  if (!window.PublicKeyCredential) return tell(trouble, "none");
  if (button) button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await answer(form));
    form.submit();
  } catch (error) {
    tell(trouble, kindOf(error));
    if (button) button.disabled = false;
  }
}

async function answer(form) {
  const response = await fetch(form.dataset.passkeyOptions, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    credentials: "same-origin",
  });
  // Redirected: the session is over, or the person must first prove themselves again. The page shows it.
  if (response.redirected) {
    location.assign(response.url);
    return new Promise(() => {});
  }
  if (!response.ok) throw new TypeError(`status ${response.status}`);
  const publicKey = fromJSON(await response.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  return toJSON(credential);
}

function kindOf(error) {
  if (error instanceof TypeError) return "offline";
  return error.name === "InvalidStateError" ? "known" : "stopped";
}

function tell(trouble, kind) {
  const key = `passkey${kind[0].toUpperCase()}${kind.slice(1)}`;
  trouble.textContent = trouble.dataset[key];
}

// Browsers of 2022 have neither parseCreationOptionsFromJSON nor toJSON: the few binary fields are turned by hand.
function fromJSON(options) {
  const described = (list) => (list ?? []).map((item) => ({ ...item, id: toBytes(item.id) }));
  const parsed = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) parsed.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) parsed.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) parsed.allowCredentials = described(options.allowCredentials);
  return parsed;
}

function toJSON(credential) {
  const { response } = credential;
  const json = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) json[name] = toText(response[name]);
  }
  if (response.getTransports) json.transports = response.getTransports();
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: json };
}

function toBytes(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
