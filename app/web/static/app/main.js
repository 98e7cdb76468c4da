// The check-in app: its pages, and what it does whenever somebody is signed in.

import { start } from "../ui/shell.js";

start({ title: "app_title", pages: [{ id: "today", title: "app_title", icon: "today", show: (place) => place.append("…") }] });
