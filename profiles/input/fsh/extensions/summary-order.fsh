Extension: SummaryOrder
Id: summary-order
Title: "Edition of the summary"
Description: "Which edition of a person's summary this is. Of two summaries of one person the one with the higher epoch is the newer; within an epoch, the one with the higher sequence."
Context: Composition
* insert LocalExtension
* extension contains epoch 1..1 and sequence 1..1
* extension[epoch] ^short = "Rises when the record was restored from a backup"
* extension[epoch].value[x] 1..1
* extension[epoch].value[x] only unsignedInt
* extension[sequence] ^short = "Rises with each change of what the summary says"
* extension[sequence].value[x] 1..1
* extension[sequence].value[x] only unsignedInt
