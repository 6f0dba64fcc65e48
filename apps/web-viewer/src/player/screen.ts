/** Where decks get their video elements from: one of them is in front, and covers the others. */
export interface Screen {
  take(): HTMLVideoElement;
  show(video: HTMLVideoElement): void;
  giveBack(video: HTMLVideoElement): void;
}

/**
 * Video elements in a place of the page. One that waits lies behind the one in front, at its full size:
 * browsers present no frames of what is not laid out. Outside of a switch there is only the one in front.
 */
export class PageScreen implements Screen {
  constructor(
    private readonly place: HTMLElement,
    private readonly label: () => string,
  ) {}

  take(): HTMLVideoElement {
    const video = document.createElement("video");
    video.className = "player-video";
    video.playsInline = true;
    video.ariaHidden = "true";
    this.place.append(video);
    return video;
  }

  show(video: HTMLVideoElement): void {
    for (const other of this.place.querySelectorAll("video")) {
      other.classList.toggle("player-video-front", other === video);
      other.ariaHidden = other === video ? null : "true";
      if (other !== video) delete other.dataset["testid"];
    }
    video.dataset["testid"] = "video";
    video.ariaLabel = this.label();
    const small = document.pictureInPictureElement;
    if (small && small !== video && this.place.contains(small)) {
      // Needs no gesture while another video of the page is in the small window.
      video.requestPictureInPicture().catch(() => undefined);
    }
  }

  giveBack(video: HTMLVideoElement): void {
    if (document.pictureInPictureElement !== video) video.remove();
    // The small window goes over to the next picture; without this element it would close.
    else video.addEventListener("leavepictureinpicture", () => video.remove(), { once: true });
  }
}
