// Asking a person for a decision and its reason.

import { choice, dialog, field, form, h } from "../ui/elements.js";
import { say } from "../ui/words.js";

/** Whether something was decided: `act({ decision, reason })` sends it; `options` are pairs of decision and words. */
export const decide = (title, about, options, act) =>
  dialog(title, (close) =>
    h("div", { class: "stack" }, about,
      form(
        {
          decision: field(say("desk_decision"), choice([["", say("desk_choose")], ...options], { required: true })),
          reason: field(say("desk_reason"), h("textarea", { required: true, maxlength: 2000 }), say("desk_reason_help")),
        },
        say("desk_decide"),
        async (given) => {
          await act(given);
          close(true);
        },
      )));
