"""What the vendor says in place of data, word for word, as users reported it over the years."""

THANKS = "Thank you for using Alpha Vantage! "
PLANS = "You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to "
ONE_A_SECOND = (
    f"{THANKS}Please consider spreading out your free API requests more sparingly (1 request per second). {PLANS}lift "
    "the free key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all premium "
    "endpoints"
)
BURST = (
    "Burst pattern detected. Please consider spreading out your API requests more evenly across a 1-minute window and "
    "query no more than 5 requests per second. Please contact support@alphavantage.co if you are targeting a higher "
    "API request volume."
)
VOLUME = f"{THANKS}Please contact premium@alphavantage.co if you are targeting a higher API call volume."
VOLUME_2018 = (
    f"{THANKS}Please kindly contact support@alphavantage.co if you would like to have a higher API call volume"
)
FIVE_A_MINUTE = (
    f"{THANKS}Our standard API call frequency is 5 calls per minute and 500 calls per day. Please visit "
    "https://www.alphavantage.co/premium/ if you would like to target a higher API call frequency."
)
DAY_QUOTA = (
    "We have detected your API key as ABCDEFGH12345678 and our standard API rate limit is 25 requests per day. Please "
    "subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate "
    "limits."
)
PREMIUM_ENDPOINT = f"{THANKS}This is a premium endpoint. {PLANS}instantly unlock all premium endpoints"
PREMIUM_SIZE = (
    f"{THANKS}The outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint. {PLANS}"
    "instantly unlock all premium features"
)
PREMIUM_RATES = "This is a premium endpoint. Premium plans offer 75 to 1200 requests per minute."
BAD_KEY = (
    "the parameter apikey is invalid or missing. Please claim your free API key on "
    "(https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds."
)
DEMO_KEY = (
    "The **demo** API key is for demo purposes only. Please claim your free API key at "
    "(https://www.alphavantage.co/support/#api-key) to explore our full API offerings. It takes fewer than 20 seconds."
)
BAD_FUNCTION = "This API function (GLOBAL_QUOT) does not exist."
BAD_SYMBOL = (
    "Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for "
    "TIME_SERIES_DAILY."
)
