ValueSet: JurisdictionVS
Id: jurisdiction
Title: "Nations of the United Kingdom"
Description: "The four nations, by their ISO 3166-2 codes."
* ^experimental = false
* $iso-3166-2#GB-SCT "Scotland"
* $iso-3166-2#GB-SCT insert Meaning([[The law of Scotland applies: a child is under 16; a refusal in advance is persuasive.]])
* $iso-3166-2#GB-ENG "England"
* $iso-3166-2#GB-ENG insert Meaning([[The law of England applies: a child is under 18; a refusal in advance is binding if valid and applicable.]])
* $iso-3166-2#GB-WLS "Wales"
* $iso-3166-2#GB-WLS insert Meaning([[The law of Wales applies: a child is under 18; a refusal in advance is binding if valid and applicable; sharing needs explicit consent.]])
* $iso-3166-2#GB-NIR "Northern Ireland"
* $iso-3166-2#GB-NIR insert Meaning([[The law of Northern Ireland applies: a child is under 18.]])
