// The desk: what supervisors, personnel, administrators and auditors work at. Which pages somebody sees follows from the grants of today.

import { start } from "../ui/shell.js";
import { show as showAssess } from "./assess.js";
import { show as showAudit } from "./audit.js";
import { show as showHome } from "./home.js";
import { show as showJobs } from "./jobs.js";
import { show as showLaw } from "./law.js";
import { show as showMonths } from "./months.js";
import { show as showPeople } from "./people.js";
import { show as showRequests } from "./requests.js";
import { show as showPlan } from "./plan.js";
import { show as showReview } from "./review.js";
import { show as showSeal } from "./seal.js";
import { show as showSites } from "./sites.js";
import { show as showTeam } from "./team.js";
import { show as showWork } from "./work.js";

const READS_PEOPLE = ["supervisor", "hr", "admin", "auditor"];

start({
  title: "desk_title",
  pages: [
    { id: "home", title: "desk_home", icon: "list", show: showHome },
    { id: "team", title: "desk_team", icon: "days", roles: ["supervisor", "hr", "auditor"], show: showTeam },
    { id: "review", title: "desk_review", icon: "finding", roles: ["supervisor", "hr", "auditor"], show: showReview },
    { id: "requests", title: "desk_requests", icon: "request", roles: ["supervisor", "hr"], show: showRequests },
    { id: "work", title: "desk_work", icon: "list", roles: ["supervisor", "hr", "auditor"], show: showWork },
    { id: "assess", title: "desk_assess", icon: "person", roles: ["supervisor", "hr", "auditor"], show: showAssess },
    { id: "months", title: "desk_months", icon: "chart", roles: ["supervisor", "hr", "auditor"], show: showMonths, isWide: true },
    { id: "plan", title: "desk_plan", icon: "days", roles: ["supervisor", "hr", "admin"], show: showPlan, isWide: true },
    { id: "seal", title: "desk_seal_page", icon: "request", roles: ["supervisor", "hr", "auditor"], show: showSeal },
    { id: "people", title: "desk_people", icon: "people", roles: READS_PEOPLE, show: showPeople },
    { id: "sites", title: "desk_sites", icon: "map", roles: ["hr", "admin"], show: showSites, isWide: true },
    { id: "law", title: "desk_law", icon: "search", show: showLaw },
    { id: "jobs", title: "desk_jobs", icon: "today", roles: ["hr", "admin", "auditor"], show: showJobs },
    { id: "audit", title: "desk_audit", icon: "request", roles: ["auditor", "hr", "admin"], show: showAudit },
  ],
});
