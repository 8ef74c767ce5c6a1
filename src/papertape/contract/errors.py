"""Bitget's error codes: code, HTTP status and text, each stated once.

Source: the error list of the V2 documentation; the HTTP status is 400 wherever the list names one.
"""

from __future__ import annotations

import msgspec


class Error(msgspec.Struct, frozen=True):
    """One Bitget error. ``message`` may hold ``{0}`` places; ``values`` are what ``of`` filled them with."""

    code: str
    message: str
    status: int = 400
    values: tuple[str, ...] = ()

    def of(self, *values: object) -> Error:
        """The error with the places of its text filled."""
        return Error(self.code, self.message.format(*values), self.status, tuple(map(str, values)))


class Rejected(Exception):
    """A caller's mistake: the request is refused and nothing has changed."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.code} {error.message}")
        self.error = error


SUCCESS = Error("00000", "success", 200)
WINDOW_TOO_LONG = Error("00001", "startTime and endTime interval cannot be greater than {0} days")
MUST_BE_POSITIVE = Error("01001", "{0} must be greater than 0")
PRECISION_TOO_FINE = Error("01002", "{0} precision must be less than or equal to {1}")
WINDOW_REVERSED = Error("20001", "startTime should be less than endTime")
IP_LIST_MISSING = Error("22010", "Please bind ip whitelist address")
ACCESS_KEY_EMPTY = Error("40001", "ACCESS_KEY cannot be empty")
ACCESS_SIGN_EMPTY = Error("40002", "ACCESS_SIGN cannot be empty")
SIGNATURE_EMPTY = Error("40003", "Signature cannot be empty")
TIMESTAMP_INVALID = Error("40005", "Invalid ACCESS_TIMESTAMP")
ACCESS_KEY_INVALID = Error("40006", "Invalid ACCESS_KEY")
CONTENT_TYPE_INVALID = Error("40007", "Invalid Content_Type")
TIMESTAMP_EXPIRED = Error("40008", "Request timestamp expired")
SIGNATURE_WRONG = Error("40009", "sign signature error")
PASSPHRASE_EMPTY = Error("40011", "ACCESS_PASSPHRASE cannot be empty")
PASSPHRASE_WRONG = Error("40012", "apikey/password is incorrect")
PERMISSION_MISSING = Error("40014", "Incorrect permissions, need {0} permissions")
SYSTEM_BUSY = Error("40015", "System is abnormal, please try again later")
VERIFICATION_FAILED = Error("40017", "Parameter verification failed {0}")
IP_INVALID = Error("40018", "Invalid IP")
PARAMETER_EMPTY = Error("40019", "Parameter {0} cannot be empty")
PARAMETER_ERROR = Error("40020", "Parameter {0} error")
ACCOUNT_FROZEN = Error("40024", "Account has been frozen")
SUBACCOUNT_FOREIGN = Error("40028", "This subUid does not belong to this account")
PARAMETER_DOES_NOT_EXIST = Error("40034", "Parameter {0} does not exist")
PASSPHRASE_ERROR = Error("40036", "passphrase is error")
KEY_DOES_NOT_EXIST = Error("40037", "Apikey does not exist")
IP_NOT_WHITELISTED = Error("40038", "The current ip is not in the apikey ip whitelist")
KEY_PERMISSIONS_REFUSED = Error("40040", "user api key permission setting error")
KEY_MUST_BE_MAIN = Error("40048", "The user's ApiKey must be the parent account")
OUT_OF_RANGE = Error("40053", "Value range verification failed: {0} should be between {1}")
ALIAS_INVALID = Error("40055", "subName must be an English letter with a length of 8")
DOES_NOT_MEET_SPECIFICATION = Error("40057", "Parameter {0} {1} does not meet specification")
MAXIMUM_ALLOWED = Error("40058", "Parameter {0} Only a maximum of {1} is allowed")
ALIAS_TAKEN = Error("40060", "subNames already exists")
TOO_MANY_KEYS = Error("40063", "API exceeds the maximum limit added")
SUBACCOUNT_KEY_UNKNOWN = Error("40065", "This subApikey does not exist")
SUBACCOUNT_NOT_VIRTUAL = Error("40066", "This subUid does not belong to the account or is not a virtual sub-account")
ACCOUNT_CREATION_FAILED = Error("40067", "Account creation failed")
SUBACCOUNTS_EXHAUSTED = Error("40069", "The maximum number of sub-accounts created has been reached")
PASSPHRASE_TOO_WEAK = Error("40070", "passphrase 8-32 characters with letters and numbers")
ALIAS_REPEATED = Error("40071", "subName exist duplication")
RECEIVE_WINDOW_MISSED = Error("40078", "Timestamp for this request is outside of the ME receiveWindow.")
RECEIVE_WINDOW_TOO_LONG = Error("40079", "receiveWindow timestamp must be less than 60s")
CLASSIC_MODE = Error(
    "40084", "You are in Classic Account mode, and the Unified Account API is not supported at this time"
)
SYMBOL_DOES_NOT_EXIST = Error("40102", "Symbol does not exist")
CLIENT_OID_TOO_LONG = Error("40304", "clientOid or clientOrderId length cannot greater than 50")
CLIENT_OID_FORMAT = Error("40402", "orderId or clientOId format error")
URL_NOT_FOUND = Error("40404", "Request URL NOT FOUND", 404)
CLIENT_OID_DUPLICATE = Error("40786", "Duplicate clientOid")
UNSUPPORTED_COIN = Error("41104", "Unsupported coin: {0}")
SYMBOL_OFFLINE = Error("41113", "symbol is offline")
SYMBOL_UNDER_MAINTENANCE = Error(
    "41114",
    "The current trading pair is under maintenance, please refer to the official announcement for the opening time",
)
DEPOSIT_NOT_SUPPORTED = Error("42014", "The current currency does not support deposit")
WITHDRAWAL_NOT_SUPPORTED = Error("42015", "The current currency does not support withdrawal")
CHAIN_DEPOSIT_NOT_SUPPORTED = Error("42017", "The current chain does not support deposit the coin")
ORDER_DOES_NOT_EXIST = Error("43001", "The order does not exist")
NO_ORDER_TO_CANCEL = Error("43004", "There is no order to cancel")
TOO_MANY_ORDERS = Error("43005", "Exceed the maximum number of orders")
SIZE_TOO_SMALL = Error("43006", "The order quantity is less than the minimum transaction quantity")
SIZE_TOO_LARGE = Error("43007", "The order quantity is greater than the maximum transaction quantity")
PRICE_TOO_LOW = Error("43008", "The current order price cannot be less than {0}{1}")
PRICE_TOO_HIGH = Error("43009", "The current order price exceeds the limit {0}{1}")
VALUE_TOO_SMALL = Error("43010", "The transaction amount cannot be less than {0}{1}")
SPECIFICATION_NOT_MET = Error("43011", "The parameter does not meet the specification {0}")
INSUFFICIENT_BALANCE = Error("43012", "Insufficient balance")
TAKE_PROFIT_TOO_LOW = Error("43013", "Take profit price needs> current price")
TAKE_PROFIT_TOO_HIGH = Error("43014", "Take profit price needs to be <current price")
STOP_LOSS_TOO_HIGH = Error("43015", "Stop loss price needs to be <current price")
STOP_LOSS_TOO_LOW = Error("43016", "Stop loss price needs to be> current price")
TRIGGER_DOES_NOT_EXIST = Error("43025", "Plan order does not exist")
TRIGGER_CLOSED = Error("43026", "The planned order has been closed")
MINIMUM_VALUE_NOT_MET = Error("43027", "The minimum order value {0} is not met")
TOO_MANY_TRIGGERS = Error("43071", "Trigger order limit for a single trading pair is {0}")
WITHDRAWAL_BELOW_FEE = Error("43112", "The amount of coins withdrawn is less than the handling fee {0}")
DAILY_LIMIT_EXCEEDED = Error("43113", "The daily limit {0} is exceeded in a single transaction")
WITHDRAWAL_TOO_SMALL = Error("43114", "Withdrawal is less than the minimum withdrawal count {0}")
TAG_REQUIRED = Error("43116", "This chain requires a tag to withdraw coins")
TRANSFER_TOO_LARGE = Error("43117", "Exceeds the maximum amount that can be transferred")
CLIENT_OID_TAKEN = Error("43118", "clientOrderId duplicate")
WITHDRAWAL_TO_SELF = Error("43121", "Withdrawal address cannot be your own")
WITHDRAWAL_STEP_WRONG = Error("43124", "withdraw step is error")
TRANSFER_NOT_BY_MAIN = Error("43127", "Sub transfer not by main account, or main/sub relationship error")
TOO_MANY_ORDERS_IN_TOTAL = Error(
    "43128", "Exceeded the limit of the maximum number of orders for the total transaction pair {0}"
)
TRANSFER_COIN_INVALID = Error("43129", "Transfer coin not support or invalid coin")
RECEIVER_FROZEN = Error("43136", "The transferred account is frozen")
WITHDRAWAL_ADDRESS_UNKNOWN = Error("47003", "Withdraw address is not in addressBook")
ADDRESS_ALREADY_BOOKED = Error("49065", "User withdrawal address already exists")
ADDRESS_INVALID = Error("47002", "Address verification failed")
WITHDRAWAL_NOT_CANCELLABLE = Error("13010", "The order is review, cannot be cancelled.")
WITHDRAWAL_TOO_FREQUENT = Error("13001", "Withdraw is too frequent")
SCALE_TOO_FINE = Error("40808", "Parameter verification exception {0}")
VALUE_BELOW_MINIMUM = Error("45110", "less than the minimum amount {0} USDT")
NOT_CONVERTIBLE = Error("43131", "Current currency: {0} does not support convert")
QUOTE_FAILED = Error("12004", "Quote query failed, try again later")
BELOW_CONVERT_MINIMUM = Error("12006", "Minimum limit not reached.")
ABOVE_CONVERT_MAXIMUM = Error("12007", "Maximum limit exceeded.")
NO_QUOTE = Error("12014", "Failed to get a quote")
QUOTE_EXPIRED = Error("12021", "Flash quote expired")
QUOTE_TAMPERED = Error("12022", "he flash quote information has been tampered with")
BALANCE_TOO_LARGE = Error("70211", "{0} balance exceeds {1} USDT")
OPERATION_TOO_FREQUENT = Error("70228", "The operation is too frequent, please try again later.")
BAD_JSON = Error("400", "Bad Request")
TOO_MANY_REQUESTS = Error("429", "Too Many Requests", 429)
HTTP_UNAUTHORIZED = Error("401", "Unauthorized access", 401)
METHOD_NOT_SUPPORTED = Error("405", "The HTTP Method is not supported", 405)
BODY_TOO_LARGE = Error("413", "Request body is larger than {0} bytes", 413)
REQUEST_TIMED_OUT = Error("40010", "Request timed out", 408)
ENVIRONMENT_WRONG = Error("40099", "exchange environment is incorrect")
SERVER_FAILED = Error("40015", "System is abnormal, please try again later", 500)
V1_SWITCHED_OFF = Error("30032", "The V1 API has been decommissioned. Please migrate to a newer version: {0}")
HEAD_TOO_LARGE = Error("431", "Request headers are too large", 431)
CHANNEL_DOES_NOT_EXIST = Error("30001", "{0} doesn't exist")
ILLEGAL_REQUEST = Error("30002", "Illegal request")
INVALID_OP = Error("30003", "Invalid op")
LOGIN_NEEDED = Error("30004", "User needs to log in")
LOGIN_FAILED = Error("30005", "Login failed")
REQUESTS_TOO_MANY = Error("30006", "request too many")
OVER_LIMIT = Error("30007", "request over limit,connection close")
LOGIN_KEY_INVALID = Error("30011", "Invalid ACCESS_KEY")
LOGIN_PASSPHRASE_INVALID = Error("30012", "Invalid ACCESS_PASSPHRASE")
LOGIN_TIMESTAMP_INVALID = Error("30013", "Invalid ACCESS_TIMESTAMP")
LOGIN_TIMESTAMP_EXPIRED = Error("30014", "Request timestamp expired")
LOGIN_SIGNATURE_INVALID = Error("30015", "Invalid signature")
STREAM_PARAMETER_ERROR = Error("30016", "Param error")
