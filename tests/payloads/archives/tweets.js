window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1896470598251446272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": [
          {
            "url": "https://t.co/abc",
            "expanded_url": "https://talwind.example/fahrplan"
          }
        ]
      },
      "favorite_count": "0",
      "id_str": "1896470598251446272",
      "full_text": "Guten Morgen! Ab heute gilt der neue Fahrplan: https://t.co/abc",
      "lang": "de",
      "created_at": "Mon Mar 03 08:00:00 +0000 2025"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1896470849909686272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": []
      },
      "favorite_count": "0",
      "id_str": "1896470849909686272",
      "full_text": "Noch ein Hinweis dazu.",
      "lang": "de",
      "created_at": "Mon Mar 03 08:01:00 +0000 2025",
      "in_reply_to_status_id_str": "1896470598251446272",
      "in_reply_to_user_id_str": "77",
      "in_reply_to_screen_name": "talwind"
    }
  },
  {
    "tweet" : {
      "id_str" : "1896",
      "full_text" : "cut off
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1896488214328246272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": []
      },
      "favorite_count": "0",
      "id_str": "1896488214328246272",
      "full_text": "@anna_k Hallo Anna, das prüfen wir gleich.",
      "lang": "de",
      "created_at": "Mon Mar 03 09:10:00 +0000 2025",
      "in_reply_to_status_id_str": "1896485697745846272",
      "in_reply_to_user_id_str": "77",
      "in_reply_to_screen_name": "anna_k"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1896546095723446272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": []
      },
      "favorite_count": "0",
      "id_str": "1896546095723446272",
      "full_text": "@joe_b Hi Joe, please send us your ticket number &lt;3",
      "lang": "en",
      "created_at": "Mon Mar 03 13:00:00 +0000 2025",
      "in_reply_to_status_id_str": "1896538545976246272",
      "in_reply_to_user_id_str": "77",
      "in_reply_to_screen_name": "joe_b"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1897225572971446272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": []
      },
      "favorite_count": "0",
      "id_str": "1897225572971446272",
      "full_text": "@alt Sorry für die späte Antwort",
      "lang": "de",
      "created_at": "Wed Mar 05 10:00:00 +0000 2025",
      "in_reply_to_status_id_str": "12345",
      "in_reply_to_user_id_str": "77",
      "in_reply_to_screen_name": "alt"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1897250738795446272"
          ]
        }
      },
      "retweeted": false,
      "entities": {
        "urls": []
      },
      "favorite_count": "0",
      "id_str": "1897250738795446272",
      "full_text": "RT @stadtwerke: Heute Konzert am Markt",
      "lang": "und",
      "created_at": "Wed Mar 05 11:40:00 +0000 2025"
    }
  }
]