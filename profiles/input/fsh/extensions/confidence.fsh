Extension: Confidence
Id: confidence
Title: "Confidence of the person"
Description: "How confident the person is that it can be achieved or respected, from 1 (not at all) to 10 (fully)."
Context: Goal
* insert LocalExtension
* value[x] 1..1
* value[x] only integer
* valueInteger ^minValueInteger = 1
* valueInteger ^maxValueInteger = 10
