"""The events of help, lifts, the food bank, the board and votes."""

from __future__ import annotations

from gateway.webhooks.event_type import EventType

_REQUEST = ("person", "name", "number", "words")
_TRIP = (
    "person", "name", "number", "pickup", "dropoff", "date", "time", "seats", "wheelchairs", "run", "result",
)  # fmt: skip


def _help(name: str, state: str, words: str, *offered: str) -> EventType:
    return EventType(f"help.{name}", words, "help", state, ("code",), (*_REQUEST, *offered))


def _lift(name: str, words: str, *, state: str = "", offered: tuple[str, ...] = _TRIP) -> EventType:
    return EventType(f"lift.{name}", words, "trip", state or name, ("code",), offered)


def _moved(name: str, words: str) -> EventType:
    """Something about a trip that leaves its state as it is."""
    return EventType(f"lift.{name}", words, "trip", "", ("code",), ("person", "name", "number"))


def _run(name: str, words: str) -> EventType:
    offered = ("date", "vehicle", "starts_at", "ends_at", "seats", "wheelchair_spaces")
    return EventType(f"run.{name}", words, "run", "", (), offered)


def _poll(name: str, state: str, words: str, *offered: str) -> EventType:
    return EventType(f"poll.{name}", words, "poll", state, ("key",), offered)


HELP = (
    _help("opened", "new", "A resident asked for help."),
    _help("described", "", "More became known of what somebody needs.", "category", "urgency", "wanted_on"),
    _help("looking", "looking", "Volunteers are looked for.", "reason", "reference"),
    _help("offered", "offered", "A request was put to volunteers."),
    _help("matched", "matched", "A volunteer has taken a request on.", "reference"),
    _help("done", "done", "The help was given, as far as anybody knows.", "happened", "reference"),
    _help("confirmed", "done", "The resident says that the help was given."),
    _help("failed", "failed", "Nobody could help.", "reason", "reference"),
    _help("withdrawn", "withdrawn", "A request was taken back.", "reference"),
    _help("duplicate", "duplicate", "The same was asked for twice.", "reference"),
    _help("handled", "", "A coordinator did something with a request by hand.", "did"),
    _help("noted", "", "A coordinator noted something about a request."),
    _help("reminded", "matched", "A volunteer was reminded of a request."),
    EventType("help.erased", "Words of requests that are over were erased.", "help", "", (), ("count",)),
    EventType("offer.accepted", "A volunteer took a request on.", "help"),
    EventType("offer.declined", "A volunteer cannot take a request on.", "help"),
    EventType("offer.given_back", "A volunteer gave a request back.", "help"),
    EventType("offer.taken", "A volunteer heard that somebody else took a request on.", "help"),
    EventType("offer.lapsed", "A volunteer did not answer about a request in time.", "help"),
    EventType("offer.closed", "A volunteer heard that a request is over.", "help"),
    EventType("volunteer.paused", "A volunteer wants to be asked nothing for a while.", "resident", "paused"),
    EventType("volunteer.resumed", "A volunteer may be asked again.", "resident", "active"),
    EventType("volunteer.changed", "A volunteer is asked more or less often from now on.", "resident"),
)  # fmt: skip
FOOD_BANK = (
    EventType("foodbank.new", "Somebody asked for food.", "referral", "new", ("code",)),
    EventType("foodbank.booked", "Somebody has a time at the food bank.", "referral", "booked", ("code",)),
    EventType("foodbank.given", "The food was given.", "referral", "given", ("code",)),
    EventType("foodbank.missed", "Somebody did not come to the food bank.", "referral", "missed", ("code",)),
    EventType("foodbank.cancelled", "A referral was taken back.", "referral", "cancelled", ("code",)),
)
BOARD = (
    EventType("board.waiting", "Somebody has an idea; a coordinator looks at it first.", "board", "waiting"),
    EventType("board.listed", "An idea is on the board.", "board", "listed"),
    EventType("board.refused", "An idea was kept off the board.", "board", "refused"),
    EventType("board.joined", "One more wants to take part in an idea.", "board"),
    EventType("board.left", "Somebody wants to take part in an idea no more.", "board"),
    EventType("board.planned", "Enough want to take part: an idea is a plan.", "board", "planned"),
    EventType("board.meeting_set", "Those who take part in a plan know when they meet.", "board", "planned"),
    EventType("board.done", "An idea was carried out.", "board", "done"),
    EventType("board.dropped", "An idea was given up.", "board", "dropped"),
)
ANNOUNCEMENTS = (
    EventType("announcement.sending", "Something is told to a group.", "announcement", "sending"),
    EventType("announcement.sent", "A group was told.", "announcement", "sent"),
    EventType("announcement.stopped", "A group is told no more.", "announcement", "stopped"),
    EventType("announcement.wanted", "A resident wants a kind of text.", "resident"),
    EventType("announcement.unwanted", "A resident wants a kind of text no more.", "resident"),
)
SHIFTS = (
    EventType("shift.added", "A shift was put into the rota.", "shift", "open"),
    EventType("shift.taken", "Somebody has a shift.", "shift", "taken"),
    EventType("shift.swap", "Somebody wants to give a shift away.", "shift", "swap"),
    EventType("shift.freed", "A shift was taken from whoever had it.", "shift", "open"),
    EventType("shift.on", "A shift has begun.", "shift", "on"),
    EventType("shift.over", "A shift has ended.", "shift", "over"),
    EventType("shift.missed", "A shift has begun that nobody took.", "shift", "missed"),
    EventType("shift.cancelled", "A shift was taken off the rota.", "shift", "cancelled"),
)
LIFTS = (
    _lift("requested", "A resident asked for a lift. It is no booking until it has a seat."),
    _lift("booked", "A trip has a seat."),
    _lift("standby", "A trip waits for a seat to come free."),
    _lift("offered", "A seat that came free was offered to a rider who waits."),
    _lift("reminded", "A rider was reminded of a trip."),
    _lift("on_board", "A rider was picked up."),
    _lift("cancelled", "A trip was cancelled."),
    _lift("done", "A trip is over."),
    _lift("no_show", "Nobody was there to be picked up."),
    _lift("unmet", "No seat was found for a trip, or none that suited."),
    _moved("confirmed", "A rider said again that they come."),
    _moved("moved", "A trip was put into another run."),
    _moved("handed_over", "Another transport scheme takes a rider; the trip here is cancelled."),
    _moved("delayed", "A rider was told that the driver comes later."),
    _moved("rider_late", "A driver was told that a rider comes later."),
    _moved("set_out", "A driver is on the way to a rider."),
    _run("added", "A run was added."),
    _run("changed", "A run was changed."),
    _run("cancelled", "A run was cancelled."),
    _run("list_sent", "A driver was sent the list of the day."),
)
# Of votes nothing goes out that tells of a choice, not even where somebody would tick it. That
# somebody objects is a choice, and with the moment of it whoever it was could be known.
VOTES = (
    _poll("drafted", "draft", "A poll was written down."),
    _poll("changed", "draft", "A poll that is not open yet was changed."),
    _poll("scheduled", "scheduled", "A poll will open at its time."),
    _poll("opened", "open", "A poll opened.", "secret", "roll"),
    _poll("extended", "open", "A poll closes later."),
    _poll("interrupted", "interrupted", "A poll stands still: it came back from a backup."),
    _poll("resumed", "open", "A poll that stood still goes on."),
    _poll("cancelled", "cancelled", "A poll was called off."),
    _poll("lapsed", "lapsed", "A poll's time passed while the gateway was off."),
    _poll("closed", "closed", "A poll closed.", "voted", "roll"),
    _poll("tied", "tied", "A poll ended in a tie that is to be drawn for."),
    _poll("lot_drawn", "", "A tie was decided by lot."),
    _poll("counted", "counted", "A poll was counted.", "quorate"),
    _poll("published", "published", "The result of a poll is out. It can be had from the API.", "quorate"),
    EventType("vote.cast", "One more voted in a poll with names, or voted anew.", "poll"),
    EventType("ballot.cast", "One more voted in a secret poll.", "poll"),
    EventType("vote.entered", "A coordinator entered a vote given on paper or by word.", "poll"),
    EventType("objection.raised", "A member objects.", "poll", private=True),
    EventType("objection.withdrawn", "A member objects no more.", "poll", private=True),
    EventType("member.added", "Somebody is a member now.", "member", "member"),
    EventType("member.left", "Somebody is a member no more.", "member", "left"),
    EventType("member.locked", "A member gave too many wrong PINs.", "member", "locked"),
    EventType("member.pin_reset", "A member has a new PIN.", "member", "member"),
    EventType("enrolment.asked", "Somebody wants to be a member.", "enrolment", "waiting"),
    EventType("enrolment.approved", "Somebody who asked is a member now.", "enrolment", "approved"),
    EventType("enrolment.refused", "Somebody who asked is no member.", "enrolment", "refused"),
)
