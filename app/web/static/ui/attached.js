// Files beside what people ask for: chosen, photos made smaller, sent before the request, and shown as downloads.

import { button, field, h, toast } from "./elements.js";
import { Problem, Silence, ask, download } from "./session.js";
import { number, say } from "./words.js";

const TAKEN = ".pdf,image/jpeg,image/png";
const MOST = 5;
const EDGE_PX = 2000;
const SMALL_BYTES = 500_000;

/** A field for up to five files. `sent()` sends those chosen and answers their ids; what was sent once is not sent again. */
export function filesField() {
  const made = field(say("ui_attachments"), { type: "file", multiple: true, accept: TAKEN }, say("ui_attachments_help"));
  const ids = new Map();
  made.sent = async () => {
    const files = [...made.input.files];
    try {
      if (files.length > MOST) throw new Problem(422, { detail: say("ui_attachments_most", { most: MOST }) });
      for (const file of files) if (!ids.has(file)) ids.set(file, (await sent(file)).id);
    } catch (problem) {
      // The form shows it here, beside the files, and not as a mistake of the whole.
      if (problem instanceof Problem) problem.errors = { "/attachments": problem.detail };
      throw problem;
    }
    return files.map((file) => ids.get(file));
  };
  return made;
}

async function sent(file) {
  return ask("POST", `/v1/attachments?${new URLSearchParams({ name: file.name.slice(0, 255) })}`, await smaller(file));
}

/** A large photo as a JPEG of at most 2,000 pixels a side, upright; anything else as it is. */
async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL_BYTES) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, EDGE_PX / Math.max(picture.width, picture.height));
    const canvas = h("canvas", { width: Math.round(picture.width * share), height: Math.round(picture.height * share) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))) ?? file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

/** The files beside something, each as a download; null when there is none. */
export function files(attachments) {
  if (!attachments?.length) return null;
  return h("ul", { class: "list", "aria-label": say("ui_attachments") }, attachments.map((one) => h("li", {}, one.name === null ? h("span", { class: "soft" }, say("ui_attachment_gone")) : button(say("ui_attachment", { name: one.name, size: size(one.bytes) }), () => get(one), "file"))));
}

const size = (bytes) => (bytes < 1_000_000 ? `${number(Math.max(1, bytes / 1000))} kB` : `${number(bytes / 1_000_000, 1)} MB`);

async function get({ id }) {
  try {
    await download(`/v1/attachments/${id}`);
  } catch (problem) {
    if (!(problem instanceof Problem || problem instanceof Silence)) throw problem;
    toast(problem.detail);
  }
}
