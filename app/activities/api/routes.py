"""The blueprint of activities."""

from app.http import Blueprint

activities = Blueprint("activities", __name__, url_prefix="/v1", description="What people did, and what their superiors say of it.")

LARGEST_ID = 2**63 - 1
ONE = f"<int(max={LARGEST_ID}):activity_id>"
