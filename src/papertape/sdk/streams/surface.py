"""Turns a product's channels into methods: one declaration, typed for both forms of a stream."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from papertape.contract.protocol.endpoint import Endpoint
from papertape.sdk.streams.topic_request import TopicRequest

if TYPE_CHECKING:
    from papertape.sdk.streams.blocking_subscription import BlockingSubscription
    from papertape.sdk.streams.book.blocking_feed import BlockingOrderBookFeed
    from papertape.sdk.streams.book.feed import OrderBookFeed
    from papertape.sdk.streams.subscription import Subscription

P = ParamSpec("P")
Q = TypeVar("Q")
R = TypeVar("R")
S = TypeVar("S", covariant=True)
Y = TypeVar("Y")


class AsyncSurface(Protocol):
    """An asynchronous stream, as far as a product's methods need it."""

    def open(self, wanted: TopicRequest[Y]) -> Subscription[Y]:
        """Subscribe to a topic."""
        ...

    def open_book(self, wanted: TopicRequest[Any]) -> OrderBookFeed:
        """Keep a live order book from a channel."""
        ...

    def order(self, endpoint: Endpoint[..., Any, R], request: Any) -> Coroutine[Any, Any, R]:
        """Call an endpoint over the socket."""
        ...


class BlockingSurface(Protocol):
    """A stream without async, as far as a product's methods need it."""

    def open(self, wanted: TopicRequest[Y]) -> BlockingSubscription[Y]:
        """Subscribe to a topic."""
        ...

    def open_book(self, wanted: TopicRequest[Any]) -> BlockingOrderBookFeed:
        """Keep a live order book from a channel."""
        ...

    def order(self, endpoint: Endpoint[..., Any, R], request: Any) -> R:
        """Call an endpoint over the socket."""
        ...


class ProductChannels(Generic[S]):
    """A product's channels, bound to a stream of either form."""

    def __init__(self, stream: S) -> None:
        self.stream = stream


class SubscribeMethod(Generic[P, Y]):
    """A method that subscribes; made from one that returns the topic to subscribe to."""

    def __init__(self, wanted: Callable[Concatenate[Any, P], TopicRequest[Y]]) -> None:
        self._wanted = wanted
        self.__doc__ = wanted.__doc__

    @overload
    def __get__(self, product: None, owner: type) -> SubscribeMethod[P, Y]: ...
    @overload
    def __get__(self, product: ProductChannels[AsyncSurface], owner: type) -> Callable[P, Subscription[Y]]: ...
    @overload
    def __get__(
        self, product: ProductChannels[BlockingSurface], owner: type
    ) -> Callable[P, BlockingSubscription[Y]]: ...
    def __get__(self, product: Any, owner: type) -> Any:
        if product is None:
            return self

        def subscribe(*args: P.args, **kwargs: P.kwargs) -> Any:
            return product.stream.open(self._wanted(product, *args, **kwargs))

        return _shown_as(subscribe, self._wanted.__get__(product), self._wanted.__name__, self.__doc__)


class OrderBookMethod(Generic[P]):
    """A method that keeps a live order book; made from one that returns its topic."""

    def __init__(self, wanted: Callable[Concatenate[Any, P], TopicRequest[Any]]) -> None:
        self._wanted = wanted
        self.__doc__ = wanted.__doc__

    @overload
    def __get__(self, product: None, owner: type) -> OrderBookMethod[P]: ...
    @overload
    def __get__(self, product: ProductChannels[AsyncSurface], owner: type) -> Callable[P, OrderBookFeed]: ...
    @overload
    def __get__(self, product: ProductChannels[BlockingSurface], owner: type) -> Callable[P, BlockingOrderBookFeed]: ...
    def __get__(self, product: Any, owner: type) -> Any:
        if product is None:
            return self

        def keep(*args: P.args, **kwargs: P.kwargs) -> Any:
            return product.stream.open_book(self._wanted(product, *args, **kwargs))

        return _shown_as(keep, self._wanted.__get__(product), self._wanted.__name__, self.__doc__)


class OrderMethod(Generic[P, Q, R]):
    """A method that calls an endpoint over the socket: its request and reply are REST's."""

    def __init__(self, endpoint: Endpoint[P, Q, R]) -> None:
        self.endpoint = endpoint
        self.__doc__ = endpoint.summary

    @overload
    def __get__(self, product: None, owner: type) -> OrderMethod[P, Q, R]: ...
    @overload
    def __get__(self, product: ProductChannels[AsyncSurface], owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __get__(self, product: ProductChannels[BlockingSurface], owner: type) -> Callable[P, R]: ...
    def __get__(self, product: Any, owner: type) -> Any:
        if product is None:
            return self

        def order(*args: P.args, **kwargs: P.kwargs) -> Any:
            return product.stream.order(self.endpoint, self.endpoint.request(*args, **kwargs))

        return _shown_as(order, self.endpoint.request, self.endpoint.name, self.__doc__)


def _shown_as(function: Callable[..., Any], wrapped: Callable[..., Any], name: str, document: str | None) -> Any:
    function.__name__, function.__doc__ = name, document
    function.__dict__["__wrapped__"] = wrapped
    return function
