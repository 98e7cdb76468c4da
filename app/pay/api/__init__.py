"""Pay over HTTP."""

from app.pay.api import bases, payroll, statements
from app.pay.api.blueprint import pay

__all__ = ["bases", "pay", "payroll", "statements"]
