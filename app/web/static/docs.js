// Draws the documentation from this server's own OpenAPI document.
const place = document.getElementById("docs");
window.SwaggerUIBundle({
  url: place.dataset.spec,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});

// Swagger UI has its dark colours behind a class, not behind the reader's choice.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
