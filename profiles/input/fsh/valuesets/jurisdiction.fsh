ValueSet: JurisdictionVS
Id: jurisdiction
Title: "Nations of the United Kingdom"
Description: "The four nations, by their ISO 3166-2 codes."
* ^experimental = false
* $iso-3166-2#GB-SCT "Scotland"
* $iso-3166-2#GB-ENG "England"
* $iso-3166-2#GB-WLS "Wales"
* $iso-3166-2#GB-NIR "Northern Ireland"
