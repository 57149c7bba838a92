CodeSystem: ProxyAuthorityCodes
Id: proxy-authority
Title: "Legal authority of a proxy"
Description: "The legal instrument from which a proxy has their powers. Names and powers differ between the nations."
* insert LocalCodeSystem
* #welfare-attorney "Welfare attorney (Scotland)" "Appointed by the person in a welfare power of attorney under the Adults with Incapacity (Scotland) Act 2000. Acts only once the person has lost capacity for the decision."
* #welfare-guardian "Welfare guardian (Scotland)" "Appointed by the sheriff court under the Adults with Incapacity (Scotland) Act 2000."
* #lpa-health-welfare "Lasting power of attorney, health and welfare (England and Wales)" "Appointed by the person under the Mental Capacity Act 2005 and registered. Acts only once the person has lost capacity for the decision."
* #deputy "Deputy for personal welfare (England and Wales)" "Appointed by the Court of Protection under the Mental Capacity Act 2005."
* #intervener "Intervener (Scotland)" "Authorised by the sheriff court, in an intervention order under the Adults with Incapacity (Scotland) Act 2000, to take one particular decision."
