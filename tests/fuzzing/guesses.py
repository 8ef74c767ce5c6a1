"""Requests as a persistent stranger would make them: mostly right, about things that exist, near every bound.

``guess`` makes the JSON of a request from its type alone, so that it knows every command that will ever be: a
field's name says which values mean something (a symbol, an open order's id, a price near the last one), its type
says which others can be sent at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, DefaultContext, localcontext
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from papertape.contract.protocol.wire import Request
from papertape.engine.accounts.accounts import FIRST_USER
from papertape.engine.convert.quotes import Quotes
from papertape.engine.exchange.exchange import Exchange
from papertape.engine.funds.addresses import deposit_address
from papertape.engine.funds.pending import Pending
from papertape.engine.p2p.desk import Desk
from papertape.engine.spot.instruments import SpotInstrument
from papertape.engine.spot.markets import SPOT, spot_markets

Pick = Callable[[Sequence[Any]], Any]
"""Picks one of several: hypothesis, or plain dice."""
Given = dict[str, Any]

LARGEST = 2**63
AMOUNTS = ("0", "-1", "0.00000001", "1", "3.5", "1e-30", "1e17", "1e18", "99999999999999999999.99", "9" * 29 + ".99")
NUMBERS = (0, 1, -1, 2, 7, 8, 100, 501, 1_000_000, LARGEST - 1, -LARGEST)
NUMBERS_OF = {
    "vipLevel": [0, 1, 7],
    "confirmations": [1, 2, 15],
    "limit": [1, 10, 100],
    "pageNum": [1, 2],
    "payDuration": [1, 15],
    "placeOrderNum": [0, 1, 5],
    "minCompleteNum": [0, 1],
    "maxCompleteNum": [0, 5],
}
AMOUNTS_OF = {
    "minTradeAmount": ["1", "5", "100"],
    "maxTradeAmount": ["0", "1000", "1e9"],
    "completeRate30d": ["0", "0.5", "1"],
    "count": ["0.01", "1", "10"],
    "takes": ["0.01", "1", "10"],
    "prices": ["1.01", "84000"],
}
TEXTS = ("x", "None", "-", " ", "\x00", "é\U0001f4b0", "'; --", "1e5", "0", "a" * 51, "a" * 129, "a" * 4096)
CLIENT_OIDS = ("mine", "mine-2", "#_+,", "a" * 49, "a" * 50)


FURTHER = {
    "ips": ["127.0.0.1", "10.0.0.0/8", "nowhere"],
    "ipList": ["127.0.0.1", "10.0.0.0/8", "nowhere"],
    "tag": ["1234", "77"],
    "passphrase": ["passphrase1", "Another22", "short"],
    "label": ["mine", "yours"],
    "language": ["en_US", "zh-CN", "xx"],
    "fiat": ["USD", "USD", "USD", "jpy", "XXX"],
    "paymentId": ["11", "14", "99"],
    "paymentIds": ["11", "14", "12", "13"],
    "payMethodId": ["11", "14"],
    "details": ["account", "another"],
    "country": ["DE", "FR", "xx"],
    "countries": ["DE", "FR"],
    "nickName": ["Alice", "Bob", "Carol", "Dora"],
    "email": ["a@b.cd", "none"],
    "mobile": ["+4912345", "none"],
    "coinList": ["ADA", "ADA", "ADA", "USDT"],
}
"""Words for further fields."""
_COIN_OF = {"fromCoinSize": "fromCoin", "toCoinSize": "toCoin"}


class Scene(NamedTuple):
    """What the stranger knows: the exchange, as whom he asks and what; ``wild``: every other value is nonsense."""

    exchange: Exchange
    uid: int
    path: str
    wild: bool = False


def guess(pick: Pick, scene: Scene, kind: Any, given: Given | None = None) -> Given:
    """The JSON of a request of this type; ``given`` is what is around it, for rows of a batch."""
    if given is None and (known := _known(scene)) and pick(range(4)):
        return dict(pick(known))
    around, made = dict(given or {}), {}
    for field in msgspec.structs.fields(kind):
        if field.required or pick(range(10)) < _eagerness(field.encode_name):
            around[field.encode_name] = made[field.encode_name] = _value(
                pick, scene, field.encode_name, field.type, around
            )
    return made


def _known(scene: Scene) -> list[Given]:
    """Whole requests that can only be right as a whole: a quote is taken as it was given."""
    if not scene.path.endswith("convert/trade"):
        return []
    return [
        {
            "traceId": str(quote.trace_id),
            "fromCoin": quote.from_coin,
            "fromCoinSize": f"{quote.from_size:f}",
            "toCoin": quote.to_coin,
            "toCoinSize": f"{quote.to_size:f}",
            "cnvtPrice": f"{quote.price:f}",
        }
        for quote in scene.exchange.part(Quotes).by_id.values()
        if quote.uid == scene.uid
    ]


def _eagerness(name: str) -> int:
    """How many times in ten an optional field is sent: the price of a limit order nearly always, traps rarely."""
    often = {"price": 9, "symbol": 9, "orderId": 7, "executePrice": 8, "triggerPrice": 6, "chain": 8, "stpMode": 6}
    often |= {"fromCoinSize": 8, "toCoinSize": 1, "permList": 7}
    return often.get(name, 2)


def _value(pick: Pick, scene: Scene, name: str, kind: Any, given: Given) -> Any:
    options = _options(kind)
    kind = options[0] if len(options) == 1 else pick(options)
    if get_origin(kind) is Literal:
        return pick(get_args(kind))
    if get_origin(kind) is list:
        return [_value(pick, scene, name, get_args(kind)[0], given) for _ in range(pick(range(4)))]
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        names = ("side", "force", "orderType", "price", "size") if name == "orders" else (name,) * len(kinds)
        return [_value(pick, scene, *each, given) for each in zip(names, kinds, strict=True)]
    if isinstance(kind, type) and issubclass(kind, Request):
        return guess(pick, scene, kind, given)
    if kind is bool:
        return pick((False, True))
    with localcontext(DefaultContext):
        known = {Decimal: amounts, int: numbers, str: texts}[kind](scene, name, given)
    if known and pick(range(2 if scene.wild else 20)):
        return pick(known)
    return pick({Decimal: AMOUNTS, int: NUMBERS, str: TEXTS}[kind])


def _options(kind: Any) -> list[Any]:
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [option for part in get_args(kind) if part is not NoneType for option in _options(part)]
    return [kind]


def amounts(scene: Scene, name: str, given: Given) -> list[str]:
    """Amounts that mean something: prices about the last one, sizes that are worth something, balances."""
    exchange = scene.exchange
    if name in AMOUNTS_OF:
        return AMOUNTS_OF[name]
    if "p2p" in scene.path or "desk" in scene.path:
        return ["1", "1.02", "5", "10", "84000"]
    named = spot_markets(exchange).get(str(given.get("symbol", "")).upper())
    instrument = _instrument_of(scene, given) if named is None else named.instrument
    if name.lower().endswith("price"):
        return _prices(exchange, instrument)
    coin = exchange.coins.get(str(given.get(_COIN_OF.get(name, "coin"), "")).upper())
    if coin is not None:
        held = exchange.ledger.balance(scene.uid, "spot", coin.name).available
        chain = coin.chains[0] if coin.chains else None
        least = (chain.minimum_withdrawal, chain.withdrawal_fee, chain.minimum_deposit) if chain else ()
        unit = Decimal(1).scaleb(-coin.places)
        found = (held, held / 2, held + unit, unit, Decimal(1), *least, *(each * 3 for each in least))
        return [_text(each, coin.places) for each in found]
    return _sizes(scene, instrument)


def _prices(exchange: Exchange, instrument: SpotInstrument) -> list[str]:
    last = spot_markets(exchange)[instrument.symbol].data.last
    near = [last + step * max(instrument.tick, last / 500) for step in range(-3, 4)]
    far = [last * each for each in (Decimal("0.95"), Decimal("1.05"), Decimal("0.5"), Decimal(3))]
    return [_text(each, instrument.price_places) for each in [*near, *near, *near, *far, instrument.tick]]


def _sizes(scene: Scene, instrument: SpotInstrument) -> list[str]:
    """Sizes in the base coin worth 1 to 5000 USDT or so, and all that is held of either coin."""
    exchange = scene.exchange
    last = spot_markets(exchange)[instrument.symbol].data.last
    worth = [Decimal(each) / last for each in (1, 2, 10, 11, 50, 100, 5_000)]
    held = [exchange.ledger.balance(scene.uid, "spot", coin).available for coin in (instrument.base, instrument.quote)]
    lot = Decimal(1).scaleb(-instrument.size_places)
    found = [*worth, *worth, lot, held[0], held[0] / 2, held[1], held[1] / last, Decimal(20), Decimal(1000)]
    return [_text(each, instrument.size_places) for each in found]


def _text(value: Decimal, places: int) -> str:
    return f"{value:.{places}f}"


def _instrument_of(scene: Scene, given: Given) -> SpotInstrument:
    """The instrument that a request means that names an order rather than a symbol."""
    order = scene.exchange.orders.by_id.get(int(given["orderId"])) if str(given.get("orderId")).isdecimal() else None
    return spot_markets(scene.exchange)[order.symbol if order is not None else "BTCUSDT"].instrument


def numbers(scene: Scene, name: str, given: Given) -> list[int]:
    """Whole numbers that mean something: accounts, ids, levels, times."""
    exchange = scene.exchange
    if name == "uid" and "p2p" in scene.path and not scene.path.endswith("register"):
        return [*exchange.part(Desk).merchants, *list(exchange.accounts)[:3]]
    if name.lower().endswith("uid"):
        return [*(uid for uid in exchange.accounts if uid >= FIRST_USER), max(exchange.accounts) + 1]
    if name == "cancels" and "market" in scene.path:
        return [*exchange.orders.of(SPOT, scene.uid), 5]
    if name in ("cancels", "pays", "releases", "appeals"):
        return [*exchange.part(Desk).orders, 5]
    if name in ("closes", "prices", "resumes", "takes"):
        return [*exchange.part(Desk).advertisements, 5]
    if name.endswith("Time"):
        return [exchange.now, exchange.now - 1, exchange.now - 3_600_000, exchange.opened, 0]
    return NUMBERS_OF.get(name, [])


def texts(scene: Scene, name: str, given: Given) -> list[str]:
    """Words that mean something: names of what exists, in any case, and of what nearly does."""
    exchange = scene.exchange
    if name in ("symbol", "symbolList"):
        return ["BTCUSDT"] * 6 + ["BGBUSDT", "ETHBTC", "btcusdt", "BTCUSDC", "NOUSDT"]
    if name in ("coin", "coinName", "fromCoin", "toCoin"):
        return ["USDT", "BTC", "BGB", "XRP", "usdt", "ETH", "NO"]
    if name == "chain":
        coin = exchange.coins.get(str(given.get("coin", "")).upper())
        return [chain.name for chain in (*coin.chains[:1] * 3, *coin.chains)] if coin else ["BTC", "TRC20"]
    if name.endswith("lientOid"):
        return [*CLIENT_OIDS, *(oid for _, uid, oid in list(exchange.orders.client_oids)[-3:] if uid == scene.uid)]
    if name in ("orderId", "planOrderId", "idLessThan"):
        return [str(number) for number in [*_waiting(scene)][-6:]] or [str(exchange.last_id)]
    if name in ("advNo", "orderNo"):
        known: dict[int, Any] = exchange.part(Desk).advertisements if name == "advNo" else exchange.part(Desk).orders
        return [str(number) for number in list(known)[-4:]] or ["5"]
    if name == "announcementId":
        return [str(one.announcement_id) for one in exchange.announcements[-3:]]
    if name == "subAccountList":
        return [f"{word}{'abcdefghij'[exchange.last_id % 10]}" for word in ("another", "virtual", "taken")]
    if name.lower().endswith(("uid", "userid")):
        if name == "subAccountUid":
            return [str(uid) for uid, account in exchange.accounts.items() if account.parent] or ["1"]
        family = [uid for uid, account in exchange.accounts.items() if scene.uid in (uid, account.parent)]
        return list(map(str, [*family * 2, *exchange.accounts]))
    if name == "address":
        others = [uid for uid in exchange.accounts if uid != scene.uid]
        if given.get("transferType") == "internal_transfer":
            return list(map(str, others))
        coin = exchange.coins.get(str(given.get("coin", "")).upper())
        chain_name = str(given.get("chain", coin.chains[0].name if coin and coin.chains else "BTC"))
        return [deposit_address(exchange.seed, uid, chain_name).address for uid in (*others[:3], scene.uid)]
    if name in ("key", "subAccountApiKey"):
        return [*list(exchange.keys)[-2:], "another-key", "another-key", "yet-another", "no key"]
    return FURTHER.get(name, [])


def _waiting(scene: Scene) -> dict[int, Any]:
    """What an id in a request to this path most likely means."""
    exchange = scene.exchange
    kinds: dict[str, dict[int, Any]] = {
        "plan": exchange.triggers.of(SPOT, scene.uid),
        "deposit": exchange.part(Pending).deposits,
        "withdraw": exchange.part(Pending).withdrawals,
        "order": exchange.orders.of(SPOT, scene.uid),
    }
    return next((ids for word, ids in kinds.items() if word in scene.path), exchange.orders.by_id)
