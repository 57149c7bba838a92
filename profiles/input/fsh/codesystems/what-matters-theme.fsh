CodeSystem: WhatMattersThemeCodes
Id: what-matters-theme
Title: "Theme of what matters"
Description: "What a statement is about, so that it can be found among others. A theme never takes the place of the person's own words."
* insert LocalCodeSystem
* #people "People and relationships" "Family, friends, carers and pets, and time with them."
* #home "Home and place" "Being at home or in another place that the person knows."
* #independence "Independence and dignity" "Doing things oneself, deciding for oneself, and being treated with respect."
* #comfort "Comfort and symptoms" "Freedom from pain, breathlessness and other distress."
* #treatment "Treatment and its burdens" "What treatment the person would or would not go through, and for what."
* #length-of-life "Length of life" "Living as long as possible, or reaching a certain day."
* #faith "Faith and beliefs" "Religion, belief, culture, and what they ask for at the end of life."
* #activities "Activities and interests" "What the person likes to do and would miss."
* #affairs "Affairs and farewell" "Unfinished business, messages, the funeral, what becomes of things and of those left behind."
