"""What can go wrong on purpose: one class for each kind of refusal, told apart further by a stable `code`."""

from collections.abc import Mapping

Text = str | tuple[str, Mapping[str, object]]


class TapakError(Exception):
    """A refusal with a stable code; its words are in app/texts, its HTTP status in app/http."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotFound(TapakError):
    """It does not exist, or not for the one who asks: the two must look the same."""


class Conflict(TapakError):
    """What is asked contradicts what is already there."""


class Invalid(TapakError):
    """The input is understood and wrong; `errors` says where, by JSON pointer."""

    def __init__(self, code: str, errors: Mapping[str, Text] | None = None, **params: object) -> None:
        super().__init__(code, **params)
        self.errors = dict(errors or {})


class Unreadable(TapakError):
    """The input cannot even be read: not JSON, not UTF-8, not the announced type."""


class Unauthenticated(TapakError):
    """Nobody known is asking."""


class Denied(TapakError):
    """A known person asks for what this person may not do."""


class TooMany(TapakError):
    """Right, but too often: wait `retry_after_s` seconds."""

    def __init__(self, code: str, retry_after_s: int, **params: object) -> None:
        super().__init__(code, retry_after_s=retry_after_s, **params)
        self.retry_after_s = retry_after_s


class Unavailable(TapakError):
    """Nothing is sure to have been kept, and nothing is wrong with the request: send it again after `retry_after_s` seconds."""

    def __init__(self, code: str, retry_after_s: int = 5, **params: object) -> None:
        super().__init__(code, retry_after_s=retry_after_s, **params)
        self.retry_after_s = retry_after_s
