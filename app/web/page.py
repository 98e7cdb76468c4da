"""How every page of this server is rendered: its policy, its language and where its files are."""

from flask import Response, make_response, render_template, request

from app.http import language
from app.texts import text
from app.web.files import VERSION

# Pages of this server only: no outside request, no inline script or style. Swagger UI draws its icons from data: addresses.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self';"
    " manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def page(template: str, **more: object) -> Response:
    """A page in the asker's language, under the policy of pages."""
    spoken, root = language(), request.script_root
    words = {"lang": spoken, "say": lambda code: text(code, spoken), "text": text}
    answer = make_response(
        render_template(template, root=root, static=f"{root}/static/{VERSION}", version=VERSION, **words, **more)
    )
    answer.headers["Content-Security-Policy"] = PAGE_POLICY
    answer.headers["Vary"] = "Accept-Language"
    return answer
