"""Who may give a role to whom."""

from app.access import Actor, Role

# An acting official (Plt) is everyday personnel work; every other role is set up by an administrator.
GIVEN_BY: dict[Role, tuple[Role, ...]] = {
    Role.SUPERVISOR: (Role.ADMIN, Role.HR),
    Role.HR: (Role.ADMIN,),
    Role.ADMIN: (Role.ADMIN,),
    Role.AUDITOR: (Role.ADMIN,),
}


def may_grant(actor: Actor, role: Role, path: str) -> bool:
    """Whether the actor may give or end that role over the unit at `path`.

    Source: contract section 2 "Who".
    """
    return actor.covers(path, *GIVEN_BY[role])
